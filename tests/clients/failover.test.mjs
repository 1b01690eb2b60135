// Kills the leader of two sequencers under load, again and again, and looks whether the standby keeps what was promised.
// As many times as JIFFY_FAILOVERS says; 50 are the long form. With JIFFY_LOAD transactions per second come besides.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { Wallet } from 'ethers'
import { chainId, key, writeChain } from './support/chain.mjs'
import { Group, binary, pause } from './support/group.mjs'

const failovers = Number(process.env.JIFFY_FAILOVERS ?? 4)
const load = Number(process.env.JIFFY_LOAD ?? 0)
const senders = 8

/** Asks a node; fails with `code` 'gone' when it is not there. */
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
const promised = ({ blockHash: _, logs, preconfirmation: _statement, ...receipt }) => ({ ...receipt,
    logs: logs.map(({ blockHash: _hash, ...log }) => log) })

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]

test(`a standby takes over and keeps every promise through ${failovers} kills`, async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'jiffy-failover-'))
    writeChain(folder, senders + 1)
    writeFileSync(path.join(folder, 'payer'), `${key(senders + 1)}\n`)
    const group = await Group.make(folder, ['a', 'b'])
    const agent = new http.Agent({ keepAlive: true })
    const wallets = Array.from({ length: senders }, (_, i) => new Wallet(key(i + 1)))
    const answered = []
    const times = []
    let stopping = false
    /** Told of each answer that comes. */
    let onAnswer = () => {}
    /** Whom to ask first. */
    let preferred = 'a'

    async function send(wallet, tag) {
        const raws = new Map()
        let nonce = 0
        let name = preferred
        while (!stopping) {
            if (!raws.has(nonce))
                raws.set(nonce, await wallet.signTransaction({ type: 2, chainId, nonce,
                    to: key(nonce % 7 + 0x100).slice(0, 42), value: 1, gasLimit: 21000, maxFeePerGas: 1e9,
                    maxPriorityFeePerGas: 1 }))
            try {
                const receipt = await call(agent, group.members.get(name).http, 'eth_sendRawTransactionSync', [raws.get(nonce)])
                onAnswer(name)
                answered.push(receipt)
                ++nonce
                name = preferred
            } catch (error) {
                // It was taken before its answer could come.
                if (/nonce too low|already known/.test(error.message)) {
                    ++nonce
                    continue
                }
                if (error.code !== 'gone' && !/leads|unknown|stopping|sequencer|log/.test(error.message))
                    throw new Error(`${tag}: ${error.message}`)
                name = name === 'a' ? 'b' : 'a'
                await pause(1)
            }
        }
    }

    async function check(leader, receipts) {
        for (const receipt of receipts) {
            const now = await call(agent, group.members.get(leader).http, 'eth_getTransactionReceipt', [receipt.transactionHash])
            assert.ok(now, `${receipt.transactionHash} is lost`)
            assert.deepEqual(promised(now), promised(receipt))
            assert.deepEqual(await call(agent, group.members.get(leader).http, 'jiffy_getPreconfirmation',
                [receipt.transactionHash]), receipt.preconfirmation)
        }
    }

    try {
        await group.startWitness()
        await group.startMember('a')
        await group.startMember('b')
        let { leader, standbys: [standby] } = await group.ready()
        preferred = leader
        const sending = wallets.map((wallet, i) => send(wallet, `sender ${i}`))
        const failed = Promise.all(sending)
        for (let i = 0; i < failovers; ++i) {
            const member = group.members.get(leader)
            const loading = load === 0 ? undefined : spawn(binary, ['bench', 'load',
                '--rpc', member.http, '--rate', String(load), '--seconds', '3', '--senders', '64', '--keys',
                path.join(folder, 'payer')], { stdio: 'ignore' })
            await Promise.race([pause((load === 0 ? 100 : 1500) + Math.random() * 400), failed])
            const before = answered.length
            const taken = new Promise((resolve) => {
                const successor = standby
                onAnswer = (name) => {
                    if (name === successor) resolve(performance.now())
                }
            })
            const killed = performance.now()
            member.child.kill('SIGKILL')
            preferred = standby
            const time = await Promise.race([taken, failed])
            times.push(time - killed)
            if (failovers > 10) console.log(`${i + 1}: ${(time - killed).toFixed(1)} ms, ${answered.length} promises`)
            await member.child.exited
            loading?.kill('SIGKILL')
            onAnswer = () => {}
            await check(standby, answered.slice(Math.max(0, before - 200), before))
            await group.startMember(leader)
            ;({ leader, standbys: [standby] } = await group.ready())
            preferred = leader
        }
        stopping = true
        await failed
        await check(leader, answered)
        const executed = (await Promise.all(wallets.map((wallet) => call(agent, group.members.get(leader).http,
            'eth_getTransactionCount', [wallet.address, 'latest'])))).reduce((sum, count) => sum + Number(count), 0)
        assert.ok(executed >= answered.length, 'none of them was executed twice, and none is gone')
        times.sort((a, b) => a - b)
        console.log(`${answered.length} promises, ${failovers} kills; from the kill to the first preconfirmation: ` +
            `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms, ` +
            `longest ${times.at(-1).toFixed(1)} ms`)
    } finally {
        stopping = true
        agent.destroy()
        await group.stop()
        rmSync(folder, { recursive: true })
    }
})
