// The load generator against anvil, the other endpoint that its figures are compared with.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
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
            assert.equal(report.node, undefined, 'only a Jiffy node tells of its stages')
        }
    } finally {
        await node.stop()
    }
})

test('wrk replays a file of the load generator', async (context) => {
    const run = promisify(execFile)
    if (!(await run('which', ['wrk']).catch(() => null))) return context.skip('wrk is missing: run scripts/setup')
    const node = await startBareNode('jiffy')
    const folder = await mkdtemp(path.join(os.tmpdir(), 'jiffy-wrk-'))
    try {
        const file = path.join(folder, 'transfers.txt')
        const prepare = ['--connections', '2', '--senders', '64', '--count', '640', '--write-transactions', file]
        await run(binary, ['bench', 'load', '--rpc', node.http, ...prepare])
        const script = ['--script', path.join(root, 'bench/wrk/replay.lua')]
        const { stdout } = await run('wrk', [
            ...['--threads', '1', '--connections', '2', '--duration', '1s', ...script, node.http, '--', file, 'sync'],
        ])
        const [, sent, errors] = stdout.match(/transactions sent (\d+), answered with an error (\d+)/)
        assert.ok(Number(sent) > 0, stdout)
        assert.equal(errors, '0', stdout)
    } finally {
        await node.stop()
        await rm(folder, { recursive: true })
    }
})
