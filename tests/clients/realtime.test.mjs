// The realtime API over one WebSocket and HTTP, with viem and ethers where they know the method.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { JsonRpcProvider, Wallet } from 'ethers'
import { createPublicClient, createWalletClient, defineChain, http, keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { startBareNode } from './support/node.mjs'
import { openSocket } from './support/socket.mjs'
import { provenValue, signerOfPreconfirmation, verifyMiniBlock } from './support/statements.mjs'

const recipient = '0x00000000000000000000000000000000000a11ce'
const number = (quantity) => Number(BigInt(quantity))

let node, socket, chain, client

before(async () => {
    node = await startBareNode('jiffy')
    socket = await openSocket(node.ws)
    chain = defineChain({
        id: node.chainId,
        name: 'node under test',
        nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
        rpcUrls: { default: { http: [node.http], webSocket: [node.ws] } },
    })
    client = createPublicClient({ chain, transport: http(), pollingInterval: 10, cacheTime: 0 })
})

after(async () => {
    socket?.close()
    await node?.stop()
})

/** A viem wallet of an account that no other test uses. */
const walletOf = (index) =>
    createWalletClient({ chain, account: privateKeyToAccount(node.privateKeys[index]), transport: http() })

async function signedTransfer(index, options = {}) {
    const wallet = walletOf(index)
    return wallet.signTransaction(await wallet.prepareTransactionRequest({ to: recipient, value: 1n, gas: 21000n, ...options }))
}

test('a mini-block is pushed with its transactions and receipts, and its signature verifies', { timeout: 30000 }, async () => {
    const { signer } = await socket.request('jiffy_chainInfo')
    const seen = socket.take(1, (block) => block.transactions.length > 0, 'miniBlocks')
    const receipt = await socket.request('realtime_sendRawTransaction', await signedTransfer(0))
    const [block] = await seen
    const hashes = block.transactions.map((transaction) => transaction.hash)
    assert.ok(hashes.includes(receipt.transactionHash))
    assert.deepEqual(block.receipts.map((entry) => entry.transactionHash), hashes)
    assert.equal(block.block_number, receipt.blockNumber)
    assert.equal(block.mini_block_number, receipt.preconfirmation.miniBlockNumber)

    const fetched = await socket.request('jiffy_getMiniBlockByNumber', block.mini_block_number)
    assert.deepEqual(fetched, await socket.request('jiffy_getMiniBlockByHash', block.hash))
    assert.deepEqual(fetched.transactions, hashes)
    assert.deepEqual(
        [fetched.number, fetched.hash, fetched.parentHash, fetched.transactionsRoot, fetched.receiptsRoot, fetched.signature],
        [block.mini_block_number, block.hash, block.parent_hash, block.transaction_root, block.receipt_root, block.signature],
    )
    const verified = await verifyMiniBlock(fetched)
    assert.equal(verified.hash, block.hash)
    assert.equal(verified.signer.toLowerCase(), signer)
})

test('a preconfirmation and the proof of its transaction verify offline', { timeout: 30000 }, async () => {
    const { signer } = await socket.request('jiffy_chainInfo')
    const { transactionHash, preconfirmation } = await socket.request('eth_sendRawTransactionSync', await signedTransfer(1))
    assert.equal((await signerOfPreconfirmation(preconfirmation)).toLowerCase(), signer)
    assert.deepEqual(await socket.request('jiffy_getPreconfirmation', transactionHash), preconfirmation)
    const changed = { ...preconfirmation, transactionIndex: '0x7' }
    assert.notEqual((await signerOfPreconfirmation(changed)).toLowerCase(), signer)

    let proof
    do proof = await socket.request('jiffy_getMiniBlockProof', transactionHash)
    while (proof === null)
    assert.equal((await verifyMiniBlock(proof.miniBlock)).signer.toLowerCase(), signer)
    assert.equal(provenValue(proof.miniBlock.transactionsRoot, proof.key, proof.transactionProof), proof.transaction)
    assert.equal(provenValue(proof.miniBlock.receiptsRoot, proof.key, proof.receiptProof), proof.receipt)
    assert.equal(keccak256(proof.transaction), transactionHash)
    assert.equal(keccak256(proof.receipt), preconfirmation.receiptCommitment)
})

test('a subscription goes on after a reconnect without a gap or a repeat', { timeout: 30000 }, async () => {
    const first = await openSocket(node.ws)
    const before = await first.take(5, () => true, 'miniBlocks')
    first.close()
    for (let i = 0; i < 3; i++) await socket.request('eth_sendRawTransactionSync', await signedTransfer(2))
    const second = await openSocket(node.ws)
    const next = number(before.at(-1).mini_block_number) + 1
    const after = await second.take(50, () => true, 'miniBlocks', { fromMiniBlock: next })
    second.close()
    const all = [...before, ...after]
    all.forEach((block, i) => {
        assert.equal(number(block.mini_block_number), number(all[0].mini_block_number) + i)
        if (i > 0) assert.equal(block.parent_hash, all[i - 1].hash)
    })
    assert.equal(after.flatMap((block) => block.transactions).filter((transaction) => transaction.from === node.accounts[2].toLowerCase()).length, 3)

    await assert.rejects(socket.request('eth_subscribe', 'miniBlocks', { fromMiniBlock: '0xffffffffff' }), { code: -32602 })
    await assert.rejects(socket.request('eth_subscribe', 'nothing'), { code: -32602 })
})

test('the state changes of an account are pushed at release, and can be resumed', { timeout: 30000 }, async () => {
    const address = node.accounts[3].toLowerCase()
    const changes = socket.take(3, () => true, 'stateChanges', [address])
    const receipts = []
    for (let i = 0; i < 3; i++) receipts.push(await socket.request('eth_sendRawTransactionSync', await signedTransfer(3)))
    const seen = await changes
    seen.forEach((change, i) => {
        assert.equal(change.address, address)
        assert.equal(number(change.nonce), i + 1)
        assert.deepEqual(change.storage, {})
        assert.equal(change.miniBlockNumber, receipts[i].preconfirmation.miniBlockNumber)
    })
    assert.equal(BigInt(seen[2].balance), await client.getBalance({ address }))
    const again = await socket.take(3, () => true, 'stateChanges', {
        addresses: [address],
        fromMiniBlock: seen[0].miniBlockNumber,
    })
    assert.deepEqual(again, seen)
})

/** Init code that emits `count` logs without topics: PUSH0 PUSH0 LOG0, again and again. */
const emitting = (count) => `0x${'5f5fa0'.repeat(count)}`

test('logs are pushed at release, resumed, and read in pages', { timeout: 30000 }, async () => {
    const live = socket.take(4, () => true, 'logs', { fromBlock: 'pending', toBlock: 'pending' })
    const receipts = []
    for (const count of [1, 3]) {
        const raw = await signedTransfer(4, { to: undefined, value: 0n, gas: 200000n, data: emitting(count) })
        receipts.push(await socket.request('eth_sendRawTransactionSync', raw))
    }
    const seen = await live
    assert.deepEqual(
        seen.map((log) => [log.transactionHash, log.logIndex]),
        receipts.flatMap((receipt) => receipt.logs.map((log) => [log.transactionHash, log.logIndex])),
    )
    const again = await socket.take(4, () => true, 'logs', { fromMiniBlock: seen[0].miniBlockNumber })
    assert.deepEqual(again.map((log) => log.logIndex), seen.map((log) => log.logIndex))

    const filter = { fromBlock: receipts[0].blockNumber, toBlock: receipts[1].blockNumber }
    const all = await socket.request('eth_getLogs', filter)
    const paged = []
    for (let cursor; ; ) {
        const page = await socket.request('eth_getLogsWithCursor', { ...filter, limit: 1, cursor })
        paged.push(...page.logs)
        cursor = page.cursor
        if (cursor === undefined) break
    }
    assert.equal(all.length, 4)
    assert.deepEqual(paged, all)
    assert.deepEqual(await socket.request('eth_getLogsWithCursor', filter), { logs: all })
    await assert.rejects(socket.request('eth_getLogsWithCursor', { ...filter, cursor: '0x00' }), { code: -32602 })
})

test('a call waits for a nonce', { timeout: 30000 }, async () => {
    const account = node.accounts[5]
    const call = { to: '0x0000000000000000000000000000000000000004', input: '0x1234' }
    assert.equal(await socket.request('eth_callAfter', call, { account, nonce: '0x0' }), '0x1234')
    const waiting = socket.request('eth_callAfter', call, { account, nonce: 2, timeout: 20000 })
    for (let i = 0; i < 2; i++) await socket.request('eth_sendRawTransactionSync', await signedTransfer(5))
    assert.equal(await waiting, '0x1234')
    const expired = await socket.ask('eth_callAfter', call, { account, nonce: 99, timeout: '0xa' })
    assert.deepEqual(expired.error, { code: -32000, message: 'Timeout: timeout waiting for nonce condition', data: '0x2' })
    await assert.rejects(socket.request('eth_callAfter', call, { account, nonce: 0, timeout: 60001 }), { code: -32602 })
})

test('a sync send waits for its turn, says what it waits for, and can be repeated', { timeout: 30000 }, async () => {
    const raw = await Promise.all([0, 1].map((nonce) => signedTransfer(6, { nonce })))
    const gap = await socket.ask('eth_sendRawTransactionSync', raw[1], '0x64')
    assert.deepEqual([gap.error.code, gap.error.data], [6, '0x0'])
    const receipt = await socket.request('realtime_sendRawTransaction', raw[0], 1000)
    assert.deepEqual(await socket.request('realtime_sendRawTransaction', raw[0]), receipt)
    const other = await signedTransfer(6, { nonce: 0, value: 2n })
    await assert.rejects(socket.request('eth_sendRawTransactionSync', other), /nonce too low/)
})

test('a transaction goes through its stages', { timeout: 30000 }, async () => {
    const raw = await Promise.all([0, 1].map((nonce) => signedTransfer(7, { nonce })))
    const stageOf = async (text) => (await socket.request('jiffy_getTransactionStage', keccak256(text))).stage
    assert.equal(await stageOf(raw[1]), 'unknown')
    await socket.request('eth_sendRawTransaction', raw[1])
    assert.equal(await stageOf(raw[1]), 'pooled')
    const receipt = await socket.request('eth_sendRawTransactionSync', raw[0])
    assert.ok(['preconfirmed', 'sealedInMiniBlock', 'sealedInBlock'].includes(await stageOf(raw[0])))
    await socket.request('eth_getBlockByNumber', receipt.blockNumber, false)
    assert.equal(await stageOf(raw[0]), 'sealedInBlock')
    assert.notEqual(await stageOf(raw[1]), 'pooled')
})

test('pending transactions and the state of syncing are pushed', { timeout: 30000 }, async () => {
    assert.deepEqual(await socket.take(1, () => true, 'syncing'), [false])
    const hash = socket.take(1, () => true, 'newPendingTransactions')
    const full = socket.take(1, () => true, 'newPendingTransactions', true)
    const receipt = await socket.request('eth_sendRawTransactionSync', await signedTransfer(8))
    assert.deepEqual(await hash, [receipt.transactionHash])
    assert.equal((await full)[0].hash, receipt.transactionHash)
})

test('a range of mini-blocks is a chain', async () => {
    const { nextMiniBlock } = await socket.request('jiffy_chainInfo')
    const first = Math.max(0, number(nextMiniBlock) - 20)
    const range = await socket.request('jiffy_getMiniBlockRange', `0x${first.toString(16)}`, `0x${(number(nextMiniBlock) - 1).toString(16)}`)
    assert.equal(range.length, number(nextMiniBlock) - first)
    range.forEach((block, i) => i > 0 && assert.equal(block.parentHash, range[i - 1].hash))
    await assert.rejects(socket.request('jiffy_getMiniBlockRange', '0x0', '0x3e8'), { code: -32602 })
})

test('a subscriber that does not read is cut with a reason that it sees', { timeout: 60000 }, async () => {
    const slow = await openSocket(node.ws)
    const subscriptions = []
    for (let i = 0; i < 100; i++) subscriptions.push(await slow.subscribe(() => {}, 'miniBlocks', { fromMiniBlock: 0 }))
    await assert.rejects(slow.request('eth_subscribe', 'newHeads'), { code: -32005 })
    slow.socket.pause()
    const wallet = walletOf(9)
    // Mini-blocks that a hundred subscriptions of one connection make large.
    const data = `0x${'01'.repeat(60000)}`
    for (let i = 0; i < 12; i++) {
        const raw = await wallet.signTransaction(
            await wallet.prepareTransactionRequest({ to: recipient, gas: 3000000n, data, value: 0n }),
        )
        await socket.request('eth_sendRawTransactionSync', raw, 5000)
    }
    const closed = once(slow.socket, 'close')
    slow.socket.resume()
    const [code, reason] = await closed
    assert.equal(code, 1013)
    assert.match(reason.toString(), /too slow/)
})

test('an ethers wallet sends and waits 200 times', { timeout: 120000 }, async () => {
    const provider = new JsonRpcProvider(node.http, node.chainId, { cacheTimeout: -1, polling: true, pollingInterval: 10 })
    const wallet = new Wallet(node.privateKeys[0], provider)
    for (let i = 0; i < 200; i++) {
        const receipt = await (await wallet.sendTransaction({ to: recipient, value: 1n })).wait()
        assert.equal(receipt.status, 1)
    }
    provider.destroy()
})

test('a viem wallet sends synchronously 200 times', { timeout: 120000 }, async () => {
    const wallet = walletOf(1)
    for (let i = 0; i < 200; i++) {
        const receipt = await wallet.sendTransactionSync({ to: recipient, value: 1n })
        assert.equal(receipt.status, 'success')
    }
})

test('an indexer on block events sees each transaction once', { timeout: 60000 }, async () => {
    const provider = new JsonRpcProvider(node.http, node.chainId, { cacheTimeout: -1 })
    const seen = []
    let reading = Promise.resolve()
    const begun = new Promise((resolve) => {
        provider.on('block', (height) => {
            reading = reading.then(async () => seen.push(...(await provider.getBlock(height)).transactions))
            resolve()
        })
    })
    await begun
    const sent = []
    const wallet = walletOf(2)
    const start = Date.now()
    while (Date.now() - start < 4000) sent.push((await wallet.sendTransactionSync({ to: recipient, value: 1n })).transactionHash)
    while (!seen.includes(sent.at(-1))) {
        await new Promise((resolve) => provider.once('block', resolve))
        await reading
    }
    await provider.removeAllListeners()
    await reading
    provider.destroy()
    const counts = new Map()
    for (const hash of seen) counts.set(hash, (counts.get(hash) ?? 0) + 1)
    assert.deepEqual(sent.filter((hash) => counts.get(hash) !== 1), [])
})
