// Kills a sequencer under load, again and again, and looks whether it keeps what it has promised. As many times as
// JIFFY_KILLS says; 200 are the long form.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { Wallet } from 'ethers'
import { chainId, key, writeChain } from './support/chain.mjs'
import { startJiffy } from './support/node.mjs'

const kills = Number(process.env.JIFFY_KILLS ?? 10)
const senders = 16

const startSequencer = (folder) => startJiffy(folder, ['--genesis', path.join(folder, 'genesis.json'), '--key-file',
    path.join(folder, 'key'), '--data-dir', path.join(folder, 'data'), '--durability', 'disk', '--verify-roots', '--snapshot-blocks', '3'],
    'sequencer')

/** Asks the node; fails with `code` 'gone' when it ends meanwhile. */
function call(agent, url, method, params) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    return new Promise((resolve, reject) => {
        const gone = () => reject(Object.assign(new Error('the node is gone'), { code: 'gone' }))
        const request = http.request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
            (answer) => {
                let text = ''
                answer.on('data', (part) => (text += part))
                answer.on('error', gone)
                answer.on('end', () => {
                    const { error, result } = JSON.parse(text)
                    if (error) reject(Object.assign(new Error(error.message), error))
                    else resolve(result)
                })
            })
        request.on('error', gone)
        request.end(body)
    })
}

/** What of a receipt was promised: its block has another name before it is sealed. */
const promised = ({ blockHash: _, logs, ...receipt }) => ({ ...receipt,
    logs: logs.map(({ blockHash: _hash, ...log }) => log) })

test(`a sequencer that waits for its disk keeps every promise through ${kills} kills`, async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'jiffy-kills-'))
    writeChain(folder, senders)
    const wallets = Array.from({ length: senders }, (_, i) => new Wallet(key(i + 1)))
    const answered = []
    const transactions = new Map()
    let stopping = false

    async function send(agent, node, wallet) {
        let nonce = Number(await call(agent, node.http, 'eth_getTransactionCount', [wallet.address, 'latest']))
        for (; !stopping; ++nonce) {
            const name = `${wallet.address}/${nonce}`
            // The same as before the kill if that one was lost: it had no answer.
            const raw = transactions.get(name) ?? await wallet.signTransaction({ type: 2, chainId, nonce,
                to: key(nonce % 7 + 0x100).slice(0, 42), value: 1, gasLimit: 21000, maxFeePerGas: 1e9,
                maxPriorityFeePerGas: 1 })
            transactions.set(name, raw)
            const receipt = await call(agent, node.http, 'eth_sendRawTransactionSync', [raw])
            answered.push(receipt)
        }
    }

    async function check(agent, node, receipts) {
        for (const receipt of receipts) {
            const { preconfirmation, ...rest } = receipt
            const now = await call(agent, node.http, 'eth_getTransactionReceipt', [receipt.transactionHash])
            assert.ok(now, `${receipt.transactionHash} is lost`)
            const { preconfirmation: _, ...restNow } = now
            assert.deepEqual(promised(restNow), promised(rest))
            const statement = await call(agent, node.http, 'jiffy_getPreconfirmation', [receipt.transactionHash])
            assert.deepEqual(statement, preconfirmation)
        }
    }

    let checked = 0
    try {
        for (let i = 0; i <= kills; ++i) {
            const node = await startSequencer(folder)
            const agent = new http.Agent({ keepAlive: true })
            try {
                await check(agent, node, answered.slice(checked))
                checked = answered.length
                if (i === kills) {
                    await check(agent, node, answered)
                    const [, , ...used] = await Promise.all([null, null, ...wallets.map((wallet) =>
                        call(agent, node.http, 'eth_getTransactionCount', [wallet.address, 'latest']))])
                    const executed = used.reduce((sum, count) => sum + Number(count), 0)
                    assert.ok(executed >= answered.length, 'none of them was executed twice, and none is gone')
                    const exit = once(node.child, 'exit')
                    node.child.kill('SIGTERM')
                    assert.deepEqual(await exit, [0, null], 'all state roots were right')
                    continue
                }
                const sending = wallets.map((wallet) => send(agent, node, wallet).catch((error) => {
                    if (error.code !== 'gone') throw error
                }))
                await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 1500))
                const exit = once(node.child, 'exit')
                node.child.kill('SIGKILL')
                await exit
                await Promise.all(sending)
            } finally {
                agent.destroy()
                node.child.kill('SIGKILL')
            }
        }
        assert.ok(answered.length > kills, 'there was load')
        console.log(`${answered.length} promises, ${kills} kills`)
    } finally {
        rmSync(folder, { recursive: true })
    }
})
