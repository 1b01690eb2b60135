// The load generator against anvil, the other endpoint that its figures are compared with.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeHeader, readHeader } from './support/load-bytecode.mjs'
import { startBareNode } from './support/node.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const binary = process.env.JIFFY_BINARY ?? path.join(root, 'build/release/jiffy')

test('the contracts of the load are those of their sources', () => {
    assert.equal(readHeader(), makeHeader())
})

test('the load generator drives anvil and its counts agree', async () => {
    const node = await startBareNode('anvil')
    try {
        for (const options of ['--kind transfer --mode sync', '--kind erc20 --mode async', '--kind swap --mode ws']) {
            const args = ['bench', 'load', '--rpc', node.http, '--json', '--connections', '2', '--count', '60']
            const { stdout } = await promisify(execFile)(binary, [...args, ...options.split(' ')])
            const report = JSON.parse(stdout)
            assert.equal(report.sent, 60, stdout)
            assert.equal(report.executed, 60, stdout)
            assert.equal(report.executedOnChain, 60, stdout)
            assert.equal(report.consistent, true, stdout)
        }
    } finally {
        await node.stop()
    }
})
