// Several sequencers of one chain with their witness, each a process of its own, on ports that were free.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
export const binary = process.env.JIFFY_BINARY ?? path.join(root, 'build/release/jiffy')
const run = promisify(execFile)

/** Ports that nobody listens on now. */
export async function freePorts(count) {
    const servers = await Promise.all(Array.from({ length: count }, async () => {
        const server = net.createServer().listen(0, '127.0.0.1')
        await once(server, 'listening')
        return server
    }))
    const ports = servers.map((server) => server.address().port)
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    return ports
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Asks again until the answer is true; fails after a minute. */
export async function until(ask, what) {
    for (const end = Date.now() + 60_000; !(await ask()); await pause(5))
        if (Date.now() > end) throw new Error(`${what} has not come within a minute`)
}

/** A group in `folder`, which has a chain in it (writeChain). Nothing runs yet. */
export class Group {
    /** `machines` has, by name and for `witness`, an address, and the words before a command that is to run there. */
    constructor(folder, names, ports, options, machines = {}) {
        this.folder = folder
        this.options = options
        this.machine = (name) => machines[name] ?? { host: '127.0.0.1', words: [] }
        this.witnessAddress = `${this.machine('witness').host}:${ports[0]}`
        this.members = new Map(names.map((name, i) => {
            const { host } = this.machine(name)
            const [rpc, feed, link] = ports.slice(1 + 3 * i).map((port) => `${host}:${port}`)
            return [name, { name, rpc, feed, link, directory: path.join(folder, name), http: `http://${rpc}` }]
        }))
    }

    static async make(folder, names, options = ['--durability', 'standby']) {
        return new Group(folder, names, await freePorts(1 + 3 * names.length), options)
    }

    urls() {
        return Object.fromEntries([...this.members.values()].map(({ name, http }) => [name, http]))
    }

    #start(where, command, options, banner) {
        rmSync(banner, { force: true })
        const [program, ...words] = [...this.machine(where).words, binary]
        const child = spawn(program, [...words, command, '--genesis', path.join(this.folder, 'genesis.json'), '--banner-file', banner,
            ...options], { stdio: ['ignore', 'ignore', process.env.JIFFY_VERBOSE ? 'inherit' : 'ignore'] })
        child.exited = once(child, 'exit')
        return child
    }

    async startWitness() {
        const banner = path.join(this.folder, 'witness.json')
        this.witness = this.#start('witness', 'witness', ['--listen', this.witnessAddress, '--data-dir',
            path.join(this.folder, 'witness')], banner)
        await until(() => existsSync(banner), 'the witness')
    }

    async startMember(name, more = []) {
        const member = this.members.get(name)
        mkdirSync(member.directory, { recursive: true })
        const banner = path.join(this.folder, `${name}.json`)
        const peers = [...this.members.values()].filter((peer) => peer !== member).flatMap((peer) => ['--peer',
            `${peer.name},link=${peer.link},feed=${peer.feed},rpc=ws://${peer.rpc}`])
        const [host, port] = member.rpc.split(':')
        member.child = this.#start(name, 'sequencer', ['--host', host, '--port', port, '--key-file',
            path.join(this.folder, 'key'), '--data-dir', member.directory, '--feed-listen', member.feed, '--name', name,
            '--standby-listen', member.link, '--witness', this.witnessAddress, ...peers,
            ...this.options, ...more], banner)
        await until(() => existsSync(banner) || member.child.exitCode !== null, name)
        return member
    }

    /** What the member says of itself; nothing if it does not run. */
    async status(name) {
        try {
            return (await run(binary, ['admin', 'status', '--data-dir', this.members.get(name).directory])).stdout
        } catch {
            return ''
        }
    }

    async handOver(name) {
        return (await run(binary, ['admin', 'handover', '--data-dir', this.members.get(name).directory])).stdout
    }

    /** Waits until one leads and all releases wait for the others, as each of them says; gives the names. */
    async ready() {
        const others = this.members.size - 1
        let leader
        await until(async () => {
            const said = new Map()
            for (const name of this.members.keys()) said.set(name, await this.status(name))
            const leading = [...said].map(([name, text]) =>
                [name, new RegExp(`leads in epoch (\\d+) with ${others} standbys`).exec(text)?.[1]]).find(([, epoch]) => epoch)
            // One who was deposed may not know it yet: the others do.
            leader = leading?.[0]
            const standing = `stands by in epoch ${leading?.[1]}, and everything waits`
            return [...said.values()].filter((text) => text.includes(standing)).length === others
        }, 'a leader with all standbys')
        return { leader, standbys: [...this.members.keys()].filter((name) => name !== leader) }
    }

    async kill(name) {
        const { child } = this.members.get(name)
        child.kill('SIGKILL')
        await child.exited
    }

    async stop() {
        for (const child of [...[...this.members.values()].map((member) => member.child), this.witness])
            if (child && child.exitCode === null && child.signalCode === null) {
                child.kill('SIGKILL')
                await child.exited
            }
    }
}
