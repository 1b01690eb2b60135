// Kills the leader of two sequencers under load, again and again, and looks whether the standby keeps what was promised.
// As many times as JIFFY_FAILOVERS says; 50 are the long form. With JIFFY_LOAD transactions per second come besides.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { key, writeChain } from './support/chain.mjs'
import { Group, binary, pause } from './support/group.mjs'
import { Senders } from './support/senders.mjs'

const failovers = Number(process.env.JIFFY_FAILOVERS ?? 4)
const load = Number(process.env.JIFFY_LOAD ?? 0)
const senderCount = 8

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]

test(`a standby takes over and keeps every promise through ${failovers} kills`, async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'jiffy-failover-'))
    writeChain(folder, senderCount + 1)
    writeFileSync(path.join(folder, 'payer'), `${key(senderCount + 1)}\n`)
    const group = await Group.make(folder, ['a', 'b'])
    const senders = new Senders(senderCount, group.urls())
    const times = []
    try {
        await group.startWitness()
        await group.startMember('a')
        await group.startMember('b')
        let { leader, standbys: [standby] } = await group.ready()
        senders.preferred = leader
        const failed = senders.run()
        for (let i = 0; i < failovers; ++i) {
            const member = group.members.get(leader)
            const loading = load === 0 ? undefined : spawn(binary, ['bench', 'load',
                '--rpc', member.http, '--rate', String(load), '--seconds', '3', '--senders', '64', '--keys',
                path.join(folder, 'payer')], { stdio: 'ignore' })
            await Promise.race([pause((load === 0 ? 100 : 1500) + Math.random() * 400), failed])
            const before = senders.answered.length
            const taken = new Promise((resolve) => {
                const successor = standby
                senders.onAnswer = (name) => {
                    if (name === successor) resolve(performance.now())
                }
            })
            const killed = performance.now()
            member.child.kill('SIGKILL')
            senders.preferred = standby
            const time = await Promise.race([taken, failed])
            times.push(time - killed)
            if (failovers > 10) console.log(`${i + 1}: ${(time - killed).toFixed(1)} ms, ${senders.answered.length} promises`)
            await member.child.exited
            loading?.kill('SIGKILL')
            senders.onAnswer = () => {}
            await senders.check(standby, senders.answered.slice(Math.max(0, before - 200), before))
            await group.startMember(leader)
            ;({ leader, standbys: [standby] } = await group.ready())
            senders.preferred = leader
        }
        senders.stopping = true
        await failed
        await senders.check(leader, senders.answered)
        await senders.checkNonces(leader)
        times.sort((a, b) => a - b)
        console.log(`${senders.answered.length} promises, ${failovers} kills; from the kill to the first preconfirmation: ` +
            `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms, ` +
            `longest ${times.at(-1).toFixed(1)} ms`)
    } finally {
        senders.stop()
        await group.stop()
        rmSync(folder, { recursive: true })
    }
})
