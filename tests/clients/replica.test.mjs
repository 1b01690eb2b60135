// A sequencer and replicas of it as processes of their own, with unmodified clients that know the replicas only.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { JsonRpcProvider, Wallet, WebSocketProvider } from 'ethers'
import { createPublicClient, createWalletClient, defineChain, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { chainId, key, writeChain } from './support/chain.mjs'
import { startJiffy } from './support/node.mjs'
import { openSocket } from './support/socket.mjs'
import { signerOfPreconfirmation } from './support/statements.mjs'

const recipient = '0x00000000000000000000000000000000000a11ce'
const timeout = 60000

let folder, sequencer, replica, socket
const children = []

async function start(name, options, command) {
    const own = path.join(folder, name)
    mkdirSync(own, { recursive: true })
    const node = await startJiffy(own, ['--genesis', path.join(folder, 'genesis.json'), ...options], command)
    children.push(node.child)
    return node
}

const startReplica = (name = 'replica', feed = sequencer.feed) =>
    start(name, ['--feed', feed, '--upstream-token-file', path.join(folder, 'token'), '--sequencer', sequencer.ws,
        '--data-dir', path.join(folder, name, 'data'), '--snapshot-blocks', '2', '--verify-roots'], 'replica')

async function kill(node, signal = 'SIGKILL') {
    const exit = once(node.child, 'exit')
    node.child.kill(signal)
    return (await exit)[0]
}

async function ask(node, method, ...params) {
    const answer = await fetch(node.http, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    const { result, error } = await answer.json()
    if (error) throw Object.assign(new Error(error.message), error)
    return result
}

const sealed = async (node) => Number((await ask(node, 'eth_getBlockByNumber', 'latest', false)).number)

/** Waits until the node has sealed the block. */
async function untilSealed(node, number) {
    while ((await sealed(node)) < number) await new Promise((resolve) => setImmediate(resolve))
}

async function assertSameChain() {
    const last = await sealed(sequencer)
    await untilSealed(replica, last)
    for (let number = 0; number <= last; ++number) {
        const parameters = ['eth_getBlockByNumber', `0x${number.toString(16)}`, true]
        assert.deepEqual(await ask(replica, ...parameters), await ask(sequencer, ...parameters))
    }
}

before(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'jiffy-replica-'))
    writeChain(folder, 4)
    writeFileSync(path.join(folder, 'token'), 'a-token-of-the-feed', { mode: 0o600 })
    sequencer = await start('sequencer', ['--key-file', path.join(folder, 'key'), '--feed-listen', '127.0.0.1:0',
        '--feed-token-file', path.join(folder, 'token'), '--data-dir', path.join(folder, 'data'), '--durability', 'disk'],
        'sequencer')
    replica = await startReplica()
    socket = await openSocket(replica.ws)
})

after(async () => {
    socket?.close()
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
})

test('viem sends through a replica, and reads there what it has done', { timeout }, async () => {
    const chain = defineChain({
        id: chainId,
        name: 'replica',
        nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
        rpcUrls: { default: { http: [replica.http] } },
    })
    const client = createPublicClient({ chain, transport: http(), pollingInterval: 10, cacheTime: 0 })
    const wallet = createWalletClient({ chain, account: privateKeyToAccount(key(1)), transport: http() })
    for (let i = 1n; i <= 3n; ++i) {
        const hash = await wallet.sendTransaction({ to: recipient, value: 5n })
        const receipt = await client.waitForTransactionReceipt({ hash })
        assert.equal(receipt.status, 'success')
        assert.equal(await client.getBalance({ address: recipient }), 5n * i)
    }
    const raw = await wallet.signTransaction(await wallet.prepareTransactionRequest({ to: recipient, value: 1n }))
    const { preconfirmation, transactionHash } = await socket.request('eth_sendRawTransactionSync', raw)
    assert.equal(await client.getBalance({ address: recipient }), 16n, 'whoever has the receipt reads its effect')
    assert.equal((await signerOfPreconfirmation(preconfirmation)).toLowerCase(), sequencer.signer.toLowerCase())
    assert.equal(preconfirmation.durability, 'disk')
    assert.deepEqual(await ask(sequencer, 'jiffy_getPreconfirmation', transactionHash), preconfirmation)
})

test('ethers sends through a replica and hears of blocks there', { timeout }, async () => {
    const provider = new WebSocketProvider(replica.ws)
    try {
        const head = new Promise((resolve) => provider.once('block', resolve))
        const wallet = new Wallet(key(2), provider)
        const { hash, blockNumber } = await (await wallet.sendTransaction({ to: recipient, value: 1n })).wait()
        assert.equal((await provider.getTransaction(hash)).blockNumber, blockNumber)
        assert.ok((await head) > 0)
        await assert.rejects(wallet.sendTransaction({ to: recipient, nonce: 0 }), { code: 'NONCE_EXPIRED' })
    } finally {
        await provider.destroy()
    }
})

test('subscribers of a replica hear of what was sent to the sequencer', { timeout }, async () => {
    const wallet = new Wallet(key(3), new JsonRpcProvider(sequencer.http, chainId, { staticNetwork: true }))
    const raw = await wallet.signTransaction({ type: 2, chainId, nonce: 0, to: recipient, value: 1, gasLimit: 21000,
        maxFeePerGas: 1e9, maxPriorityFeePerGas: 1 })
    const isOwn = ({ transactions }) => transactions.some((transaction) => transaction.from === wallet.address.toLowerCase())
    const heard = socket.take(1, isOwn, 'miniBlocks')
    const receipt = await ask(sequencer, 'eth_sendRawTransactionSync', raw)
    const [block] = await heard
    assert.equal(block.mini_block_number, receipt.preconfirmation.miniBlockNumber)
    const [head] = await socket.take(1, ({ number }) => BigInt(number) >= BigInt(receipt.blockNumber), 'newHeads')
    assert.equal(head.hash, (await ask(sequencer, 'eth_getBlockByNumber', head.number, false)).hash)
})

test('a killed replica goes on where it was and has the same chain', { timeout }, async () => {
    await untilSealed(replica, 5)
    await kill(replica)
    const wallet = new Wallet(key(4))
    const sign = (nonce) => wallet.signTransaction({ type: 2, chainId, nonce, to: recipient, value: 1, gasLimit: 21000,
        maxFeePerGas: 1e9, maxPriorityFeePerGas: 1 })
    await ask(sequencer, 'eth_sendRawTransactionSync', await sign(0))
    replica = await startReplica()
    // Its connection to the sequencer may still be on its way.
    let receipt
    while (!receipt)
        receipt = await ask(replica, 'eth_sendRawTransactionSync', await sign(1)).catch((error) =>
            assert.match(error.message, /cannot be reached/))
    assert.equal(receipt.status, '0x1')
    assert.equal(Number(await ask(replica, 'eth_getTransactionCount', wallet.address, 'latest')), 2)
    await assertSameChain()
    assert.equal((await ask(replica, 'jiffy_status')).role, 'replica')
    assert.equal(await ask(replica, 'eth_syncing'), false)
    assert.equal(await kill(replica, 'SIGTERM'), 0, 'all state roots were right')
})
