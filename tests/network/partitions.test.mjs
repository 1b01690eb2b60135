// Run by ./partitions, which makes the network that is cut here.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { writeChain } from '../clients/support/chain.mjs'
import { Group, freePorts, pause } from '../clients/support/group.mjs'
import { Senders } from '../clients/support/senders.mjs'

const suffix = process.env.JIFFY_NAMESPACES
const partitions = Number(process.env.JIFFY_PARTITIONS ?? 12)
const nowhere = '02:00:00:00:00:99'

const machines = Object.fromEntries(['a', 'b', 'witness'].map((name, i) => [name, { name, host: `10.77.0.${i + 1}`,
    address: `02:00:00:00:00:0${i + 1}`, words: ['ip', 'netns', 'exec', `jiffy-${name}-${suffix}`] }]))

/** What `from` sends to `to` arrives, or is lost without anybody being told. */
function connect(from, to, arrives) {
    const [program, ...words] = machines[from].words
    execFileSync(program, [...words, 'ip', 'neighbour', 'replace', machines[to].host, 'lladdr',
        arrives ? machines[to].address : nowhere, 'dev', 'eth0', 'nud', 'permanent'])
}

const directions = Object.keys(machines).flatMap((from) => Object.keys(machines).filter((to) => to !== from)
    .map((to) => [from, to]))
const pick = (list) => list[Math.floor(Math.random() * list.length)]
const between = (x, y) => [[x, y], [y, x]]
/** One way, both ways, and one of the three away from both others. */
const cuts = [...directions.map((direction) => [direction]), between('a', 'b'), between('a', 'witness'),
    between('b', 'witness'), [...between('a', 'b'), ...between('a', 'witness')],
    [...between('a', 'b'), ...between('b', 'witness')], [...between('a', 'witness'), ...between('b', 'witness')]]

test(`no promise is broken through ${partitions} partitions`, async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'jiffy-partitions-'))
    writeChain(folder, 8)
    const group = new Group(folder, ['a', 'b'], await freePorts(7), ['--durability', 'standby'], machines)
    const senders = new Senders(8, group.urls(), 1000)
    const exits = { a: 0, b: 0 }
    try {
        for (const [from, to] of directions) connect(from, to, true)
        await group.startWitness()
        await group.startMember('a')
        await group.startMember('b')
        await group.ready()
        const failed = senders.run()
        for (let i = 0; i < partitions; ++i) {
            const cut = i < cuts.length ? cuts[i] : pick(cuts)
            for (const [from, to] of cut) connect(from, to, false)
            await Promise.race([pause(300 + Math.random() * 2500), failed])
            for (const [from, to] of cut) connect(from, to, true)
            const before = senders.answered.length
            const restart = setInterval(async () => {
                for (const [name, { child }] of group.members)
                    if (child.exitCode !== null && !child.isBeingReplaced) {
                        child.isBeingReplaced = true
                        ++exits[name]
                        await group.startMember(name)
                    }
            }, 20)
            const { leader } = await group.ready().finally(() => clearInterval(restart))
            await senders.check(leader, senders.answered.slice(Math.max(0, before - 300)))
            console.log(`${i + 1}: ${cut.map(([from, to]) => `${from} to ${to}`).join(', ')}; ${leader} leads, ` +
                `${(await group.status(leader)).trim()}, ${senders.answered.length} promises`)
        }
        senders.stopping = true
        await failed
        const { leader } = await group.ready()
        await senders.check(leader, senders.answered)
        await senders.checkNonces(leader)
        console.log(`${senders.answered.length} promises, ${partitions} partitions, leaders that gave up: a ${exits.a}, ` +
            `b ${exits.b}`)
    } finally {
        senders.stop()
        await group.stop()
        rmSync(folder, { recursive: true })
    }
})
