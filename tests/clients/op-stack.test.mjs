// viem's extension for the OP Stack, as its users call it, against a node with the rules of the `op` preset.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
    createPublicClient, createWalletClient, defineChain, http, keccak256, parseAbi, parseEther, zeroHash,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
    chainConfig, getSourceHash, getWithdrawalHashStorageSlot, getWithdrawals, parseTransaction, publicActionsL2,
    walletActionsL2,
} from 'viem/op-stack'
import { startNode } from './support/node.mjs'

// anvil's network is another one unless it is told.
const options = { skip: process.env.NODE_UNDER_TEST === 'anvil' }
const depositor = '0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001'
const l1Block = '0x4200000000000000000000000000000000000015'
const messagePasser = '0x4200000000000000000000000000000000000016'
const multicall3 = { address: '0xca11bde05977b3631167028862be2a173976ca11' }
const recipient = '0x00000000000000000000000000000000000a11ce'

let node, client, wallet, account

before(async () => {
    node = await startNode()
    const chain = defineChain({
        ...chainConfig,
        id: node.chainId,
        name: 'node under test',
        nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
        rpcUrls: { default: { http: [node.http] } },
        contracts: { ...chainConfig.contracts, multicall3 },
    })
    account = privateKeyToAccount(node.privateKeys[0])
    client = createPublicClient({ chain, transport: http(), pollingInterval: 10, cacheTime: 0 })
        .extend(publicActionsL2())
    wallet = createWalletClient({ chain, account, transport: http() }).extend(walletActionsL2())
})

after(() => node?.stop())

test('a block begins with the L1 attributes, a deposit that costs nothing', options, async () => {
    const hash = await wallet.sendTransaction({ to: recipient, value: 5n })
    const { blockNumber } = await client.waitForTransactionReceipt({ hash })
    const block = await client.getBlock({ blockNumber, includeTransactions: true })
    const [deposit, transfer] = block.transactions
    assert.equal(deposit.typeHex, '0x7e')
    assert.equal(deposit.type, 'deposit')
    assert.equal(deposit.from, depositor.toLowerCase())
    assert.equal(deposit.to, l1Block)
    assert.equal(deposit.sourceHash,
        getSourceHash({ domain: 'l1InfoDeposit', l1BlockHash: zeroHash, sequenceNumber: blockNumber }))
    const raw = await client.request({ method: 'eth_getRawTransactionByHash', params: [deposit.hash] })
    assert.equal(keccak256(raw), deposit.hash)
    assert.equal(parseTransaction(raw).data, deposit.input)
    assert.equal(transfer.hash, hash)
    const receipt = await client.getTransactionReceipt({ hash: deposit.hash })
    assert.equal(receipt.status, 'success')
    assert.equal(receipt.effectiveGasPrice, 0n)

    const abi = parseAbi(['function sequenceNumber() view returns (uint64)', 'function basefee() view returns (uint256)'])
    assert.equal(await client.readContract({ abi, address: l1Block, functionName: 'sequenceNumber', blockNumber }),
        blockNumber)
    assert.equal(await client.readContract({ abi, address: l1Block, functionName: 'basefee' }), 0n)
})

test('nothing costs anything on L1', options, async () => {
    const request = { account, to: recipient, value: 1n }
    const receipt = await client.waitForTransactionReceipt({ hash: await wallet.sendTransaction(request) })
    assert.equal(receipt.l1Fee, 0n)
    assert.equal(receipt.l1GasPrice, 0n)
    assert.equal(receipt.l1GasUsed, 1600n)
    assert.equal(await client.getL1BaseFee(), 0n)
    assert.equal(await client.estimateL1Fee(request), 0n)
    assert.equal(await client.estimateOperatorFee(request), 0n)
})

test('a withdrawal can be proven against its block', options, async () => {
    const value = parseEther('1')
    const hash = await wallet.initiateWithdrawal({ request: { gas: 21000n, to: recipient, value } })
    const receipt = await client.waitForTransactionReceipt({ hash })
    const [withdrawal] = getWithdrawals(receipt)
    assert.equal(withdrawal.value, value)

    const { blockNumber } = receipt
    const output = { outputIndex: 0n, outputRoot: '0x', timestamp: 0n, l2BlockNumber: blockNumber }
    const { outputRootProof, withdrawalProof } = await client.buildProveWithdrawal({ account, withdrawal, output })
    const block = await client.getBlock({ blockNumber })
    assert.equal(outputRootProof.messagePasserStorageRoot, block.withdrawalsRoot)
    assert.equal(outputRootProof.stateRoot, block.stateRoot)
    assert.equal(outputRootProof.latestBlockhash, block.hash)
    assert.ok(withdrawalProof.length > 0)
    const storageKeys = [getWithdrawalHashStorageSlot(withdrawal)]
    const { storageProof } = await client.getProof({ address: messagePasser, storageKeys, blockNumber })
    assert.equal(storageProof[0].value, 1n)
})

test('many calls go as one', options, async () => {
    const abi = parseAbi(['function number() view returns (uint64)', 'function version() view returns (string)'])
    const results = await client.multicall({
        allowFailure: false,
        contracts: [{ abi, address: l1Block, functionName: 'number' }, { abi, address: l1Block, functionName: 'version' }],
    })
    assert.equal(results[0], 0n)
    assert.match(results[1], /^\d+\.\d+\.\d+$/)
})

test('blobs are refused with a text that viem knows', options, async () => {
    const error = await client.request({ method: 'eth_sendRawTransaction', params: ['0x03c0'] }).then(
        () => assert.fail('a transaction of type 3 went through'),
        (error) => error,
    )
    assert.match(error.details, /transaction type not supported/)
})

test('the node knew every method that viem called', options, (context) => {
    context.diagnostic([...node.recorder.calls.keys()].sort().join(' '))
    assert.deepEqual([...node.recorder.unknown], [])
})
