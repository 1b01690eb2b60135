// viem, as its users call it, against a node.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import {
    BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, defineChain, getAddress, http,
    parseEther, webSocket,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { compile } from './support/contracts.mjs'
import { startNode } from './support/node.mjs'

const supply = parseEther('1000000')
const recipient = '0x00000000000000000000000000000000000a11ce'
const { abi, bytecode } = compile('TestToken')

let node, account, wallet, client, address

before(async () => {
    node = await startNode()
    const chain = defineChain({
        id: node.chainId,
        name: 'node under test',
        nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
        rpcUrls: { default: { http: [node.http], webSocket: [node.ws] } },
    })
    account = privateKeyToAccount(node.privateKeys[0])
    client = createPublicClient({ chain, transport: http(), pollingInterval: 10, cacheTime: 0 })
    wallet = createWalletClient({ chain, account, transport: http() })

    const hash = await wallet.deployContract({ abi, bytecode, args: [supply] })
    const receipt = await client.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, 'success')
    address = receipt.contractAddress
})

after(() => node?.stop())

const balanceOf = (owner) => client.readContract({ abi, address, functionName: 'balanceOf', args: [owner] })

/** What a refused contract call says it was reverted with. */
async function revertOf(call) {
    const error = await call.then(
        () => assert.fail('the call went through'),
        (error) => error,
    )
    assert.ok(error instanceof BaseError, error)
    const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError)
    assert.ok(reverted, error)
    return reverted
}

test('the chain is the one that the node announces', async () => {
    assert.equal(await client.getChainId(), node.chainId)
    assert.equal(await client.getBalance({ address: node.accounts[1] }), parseEther('10000'))
})

test('a deployed token is read', async () => {
    assert.equal(await client.readContract({ abi, address, functionName: 'symbol' }), 'TEST')
    assert.equal(await balanceOf(account.address), supply)
    assert.ok((await client.getCode({ address })).length > 2)
})

test('a transfer moves tokens and its event arrives over WebSocket', { timeout: 30000 }, async (context) => {
    const listener = createPublicClient({ chain: client.chain, transport: webSocket(undefined, { reconnect: false }) })
    context.after(async () => (await listener.transport.getRpcClient()).close())
    const subscribed = once(node.recorder, 'eth_subscribe')
    const seen = new Promise((resolve, reject) => {
        // The deployment minted: its event may come first, when its block is sealed only now.
        const onLogs = (logs) => logs.filter((log) => log.args.value === 7n).forEach(resolve)
        listener.watchContractEvent({ abi, address, eventName: 'Transfer', onLogs, onError: reject })
    })
    await subscribed

    const before = await balanceOf(recipient)
    const hash = await wallet.writeContract({ abi, address, functionName: 'transfer', args: [recipient, 7n] })
    const receipt = await client.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, 'success')
    assert.equal(receipt.logs.length, 1)
    assert.equal(await balanceOf(recipient), before + 7n)

    const log = await seen
    assert.equal(log.transactionHash, hash)
    assert.deepEqual({ ...log.args }, { from: account.address, to: log.args.to, value: 7n })
    assert.equal(log.args.to.toLowerCase(), recipient)
    assert.match(log.blockHash, /^0x[0-9a-f]{64}$/)

    const block = await client.getBlock({ blockHash: log.blockHash })
    assert.ok(block.transactions.includes(hash))
    const logs = await client.getContractEvents({ abi, address, eventName: 'Transfer', blockHash: log.blockHash })
    assert.ok(logs.some((entry) => entry.transactionHash === hash))
})

test('a custom error comes back from call and estimateGas', async () => {
    const poor = node.accounts[5]
    const request = { abi, address, functionName: 'transfer', args: [recipient, 1n], account: poor }
    for (const call of [client.simulateContract, client.estimateContractGas]) {
        const reverted = await revertOf(call(request))
        assert.equal(reverted.data.errorName, 'ERC20InsufficientBalance')
        assert.deepEqual(reverted.data.args, [getAddress(poor), 0n, 1n])
    }
})

test('a text comes back from call and estimateGas', async () => {
    const request = { abi, address, functionName: 'refuse', account }
    for (const call of [client.simulateContract, client.estimateContractGas]) {
        assert.equal((await revertOf(call(request))).reason, 'refused on purpose')
    }
})

test('a sync send answers with the receipt', async () => {
    const request = await wallet.prepareTransactionRequest({ to: recipient, value: 5n })
    const serializedTransaction = await wallet.signTransaction(request)
    const receipt = await client.sendRawTransactionSync({ serializedTransaction })
    assert.equal(receipt.status, 'success')
    assert.equal(receipt.gasUsed, 21000n)
    assert.equal(await client.getBalance({ address: recipient }), 5n)

    const next = await wallet.sendTransactionSync({ to: recipient, value: 6n })
    assert.equal(next.status, 'success')
    assert.equal(await client.getBalance({ address: recipient }), 11n)
})

test('a nonce that was used is refused with a text that viem knows', async () => {
    await assert.rejects(wallet.sendTransaction({ to: recipient, value: 1n, nonce: 0, gas: 21000n }), (error) => {
        assert.ok(error.walk((cause) => cause.name === 'NonceTooLowError'), error)
        return true
    })
})

test('the node knew every method that viem called', (context) => {
    context.diagnostic([...node.recorder.calls.keys()].sort().join(' '))
    assert.deepEqual([...node.recorder.unknown], [])
})
