// ethers, as its users call it, against a node.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { Contract, ContractFactory, JsonRpcProvider, Wallet, WebSocketProvider, getAddress, parseEther } from 'ethers'
import { compile } from './support/contracts.mjs'
import { startNode } from './support/node.mjs'

const supply = parseEther('1000000')
const recipient = '0x00000000000000000000000000000000000a11ce'
const { abi, bytecode } = compile('TestToken')

let node, provider, wallet, token

before(async () => {
    node = await startNode()
    // ethers remembers answers for 250 ms: longer than this chain needs to change them.
    provider = new JsonRpcProvider(node.http, node.chainId, { cacheTimeout: -1 })
    wallet = new Wallet(node.privateKeys[0], provider)
    token = await new ContractFactory(abi, bytecode, wallet).deploy(supply)
    await token.waitForDeployment()
})

after(async () => {
    provider?.destroy()
    await node?.stop()
})

test('the chain is the one that the node announces', async () => {
    assert.equal((await provider.getNetwork()).chainId, BigInt(node.chainId))
    assert.equal(await provider.getBalance(node.accounts[1]), parseEther('10000'))
})

test('a deployed token is read', async () => {
    assert.equal(await token.symbol(), 'TEST')
    assert.equal(await token.balanceOf(wallet.address), supply)
    assert.notEqual(await provider.getCode(token), '0x')
})

test('a transfer moves tokens and its event arrives over WebSocket', { timeout: 30000 }, async (context) => {
    const listener = new WebSocketProvider(node.ws, node.chainId)
    context.after(() => listener.destroy())
    const subscribed = once(node.recorder, 'eth_subscribe')
    const watched = new Contract(token.target, abi, listener)
    const seen = new Promise((resolve) => {
        // The deployment minted: its event may come first, when its block is sealed only now.
        watched.on('Transfer', (...args) => args[2] === 7n && resolve(args))
    })
    await subscribed

    const before = await token.balanceOf(recipient)
    const transaction = await token.transfer(recipient, 7n)
    const receipt = await transaction.wait()
    assert.equal(receipt.status, 1)
    assert.equal(receipt.logs.length, 1)
    assert.equal(await token.balanceOf(recipient), before + 7n)

    const [from, to, value, event] = await seen
    assert.deepEqual([from, to.toLowerCase(), value], [wallet.address, recipient, 7n])
    assert.equal(event.log.transactionHash, transaction.hash)

    const block = await provider.getBlock(event.log.blockHash)
    assert.ok(block.transactions.includes(transaction.hash))
})

test('a custom error comes back from call and estimateGas', async () => {
    const poor = token.connect(new Wallet(node.privateKeys[5], provider))
    for (const way of ['staticCall', 'estimateGas']) {
        await assert.rejects(poor.transfer[way](recipient, 1n), (error) => {
            assert.equal(error.code, 'CALL_EXCEPTION')
            const reverted = error.revert ?? token.interface.parseError(error.data)
            assert.equal(reverted.name, 'ERC20InsufficientBalance')
            assert.deepEqual([...reverted.args], [getAddress(node.accounts[5]), 0n, 1n])
            return true
        })
    }
})

test('a text comes back from call and estimateGas', async () => {
    for (const way of ['staticCall', 'estimateGas']) {
        await assert.rejects(token.refuse[way](), { code: 'CALL_EXCEPTION', reason: 'refused on purpose' })
    }
})

test('a sync send answers with the receipt', async () => {
    const request = await wallet.populateTransaction({ to: recipient, value: 5n })
    const receipt = await provider.send('eth_sendRawTransactionSync', [await wallet.signTransaction(request)])
    assert.equal(receipt.status, '0x1')
    assert.equal(receipt.gasUsed, '0x5208')
    assert.equal(await provider.getBalance(recipient), 5n)
})

test('send, wait and send again', { timeout: 30000 }, async () => {
    for (let i = 0; i < 5; i++) {
        const receipt = await (await wallet.sendTransaction({ to: recipient, value: 1n })).wait()
        assert.equal(receipt.status, 1)
    }
})

test('errors of a send have the codes that ethers gives to known texts', async () => {
    const transfer = { to: recipient, gasLimit: 21000n }
    await assert.rejects(wallet.sendTransaction({ ...transfer, nonce: 0 }), { code: 'NONCE_EXPIRED' })
    await assert.rejects(wallet.sendTransaction({ ...transfer, value: supply }), { code: 'INSUFFICIENT_FUNDS' })
})

test('the node knew every method that ethers called', (context) => {
    context.diagnostic([...node.recorder.calls.keys()].sort().join(' '))
    assert.deepEqual([...node.recorder.unknown], [])
})
