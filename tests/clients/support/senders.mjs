// Accounts that send one transfer after the other to whichever of several nodes takes it, and remember what they were
// promised.
import assert from 'node:assert/strict'
import http from 'node:http'
import { Wallet } from 'ethers'
import { chainId, key } from './chain.mjs'
import { pause } from './group.mjs'

/** What of a receipt was promised: its block has another name before it is sealed. */
const promised = ({ blockHash: _, logs, preconfirmation: _statement, ...receipt }) => ({ ...receipt,
    logs: logs.map(({ blockHash: _hash, ...log }) => log) })

export class Senders {
    /** Of the keys from 1 to `count`; `urls` are of the nodes, by name. */
    constructor(count, urls, patience = 5000) {
        this.agent = new http.Agent({ keepAlive: true })
        this.wallets = Array.from({ length: count }, (_, i) => new Wallet(key(i + 1)))
        this.urls = urls
        this.patience = patience
        this.answered = []
        this.stopping = false
        /** Told from whom each answer comes. */
        this.onAnswer = () => {}
        /** Whom to ask first. */
        this.preferred = Object.keys(urls)[0]
    }

    /** Asks a node; fails with `code` 'gone' when it is not there or silent. */
    call(name, method, params) {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
        return new Promise((resolve, reject) => {
            const gone = () => reject(Object.assign(new Error('the node is gone'), { code: 'gone' }))
            const request = http.request(this.urls[name], { method: 'POST', agent: this.agent, timeout: this.patience,
                headers: { 'content-type': 'application/json' } }, (answer) => {
                let text = ''
                answer.on('data', (part) => (text += part))
                answer.on('error', gone)
                answer.on('end', () => {
                    const { error, result } = JSON.parse(text)
                    if (error) reject(Object.assign(new Error(error.message), error))
                    else resolve(result)
                })
            })
            request.on('timeout', () => request.destroy())
            request.on('error', gone)
            request.end(body)
        })
    }

    async #send(wallet) {
        const names = Object.keys(this.urls)
        let name = this.preferred
        let raw
        for (let nonce = 0; !this.stopping;) {
            raw ??= await wallet.signTransaction({ type: 2, chainId, nonce, to: key(nonce % 7 + 0x100).slice(0, 42), value: 1,
                gasLimit: 21000, maxFeePerGas: 1e9, maxPriorityFeePerGas: 1 })
            try {
                const receipt = await this.call(name, 'eth_sendRawTransactionSync', [raw])
                this.onAnswer(name)
                this.answered.push(receipt)
                name = this.preferred
            } catch (error) {
                // Else it was taken before its answer could come.
                if (!/nonce too low|already known/.test(error.message)) {
                    if (error.code !== 'gone' && !/lead|unknown|stopping|sequencer|not processed|not take transactions/.test(error.message)) throw error
                    name = names[(names.indexOf(name) + 1) % names.length]
                    await pause(1)
                    continue
                }
                // It may still be on its way to its place.
                if (/already known/.test(error.message)) await pause(1)
            }
            ++nonce
            raw = undefined
        }
    }

    /** Begins; the promise fails with the first that cannot go on. */
    run() {
        return Promise.all(this.wallets.map((wallet) => this.#send(wallet)))
    }

    /** That the node has what was promised, word for word. */
    async check(name, receipts) {
        for (const receipt of receipts) {
            const now = await this.call(name, 'eth_getTransactionReceipt', [receipt.transactionHash])
            assert.ok(now, `${receipt.transactionHash} is lost`)
            assert.deepEqual(promised(now), promised(receipt))
            assert.deepEqual(await this.call(name, 'jiffy_getPreconfirmation', [receipt.transactionHash]),
                receipt.preconfirmation)
        }
    }

    /** That each was executed once, and all of it is there. */
    async checkNonces(name) {
        const used = await Promise.all(this.wallets.map(({ address }) =>
            this.call(name, 'eth_getTransactionCount', [address, 'latest'])))
        const executed = used.reduce((sum, count) => sum + Number(count), 0)
        assert.ok(executed >= this.answered.length, 'none of them was executed twice, and none is gone')
        assert.equal(new Set(this.answered.map((receipt) => receipt.transactionHash)).size, this.answered.length)
        assert.equal(new Set(this.answered.map((receipt) => `${receipt.blockNumber}/${receipt.transactionIndex}`)).size,
            this.answered.length, 'two transactions were promised one place')
    }

    stop() {
        this.stopping = true
        this.agent.destroy()
    }
}
