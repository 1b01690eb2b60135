// forge and cast, as their users call them, against a node.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { createInterface } from 'node:readline'
import { runFoundry, startFoundry } from './support/foundry.mjs'
import { startNode } from './support/node.mjs'

const supply = 10n ** 24n
const recipient = '0x00000000000000000000000000000000000a11ce'
const insufficientBalance = /0xe450d38c/ // ERC20InsufficientBalance(address,uint256,uint256)

let node, token

/** Runs a foundry tool against the node and returns what it prints; fails when it fails. */
async function run(tool, command, ...args) {
    const { code, stdout, stderr } = await runFoundry(tool, [command, '--rpc-url', node.http, ...args])
    assert.equal(code, 0, `${tool} ${command} ${args.join(' ')}\n${stdout}${stderr}`)
    return stdout.trim()
}

/** Runs a foundry tool that must fail and returns its error text. */
async function refused(tool, command, ...args) {
    const { code, stdout, stderr } = await runFoundry(tool, [command, '--rpc-url', node.http, ...args])
    assert.notEqual(code, 0, `${tool} ${command} ${args.join(' ')}\n${stdout}`)
    return stderr
}

const send = async (...args) =>
    JSON.parse(await run('cast', 'send', '--json', '--private-key', node.privateKeys[0], ...args))
const balanceOf = async (owner) =>
    BigInt(JSON.parse(await run('cast', 'call', '--json', token, 'balanceOf(address)(uint256)', owner))[0])

before(async () => {
    node = await startNode()
    const printed = await run('forge', 'create', 'contracts/TestToken.sol:TestToken', '--broadcast', '--json',
        '--private-key', node.privateKeys[0], '--constructor-args', String(supply))
    token = JSON.parse(printed.slice(printed.indexOf('{'))).deployedTo
})

after(() => node?.stop())

test('the chain is the one that the node announces', async () => {
    assert.equal(await run('cast', 'chain-id'), String(node.chainId))
    assert.equal(await run('cast', 'balance', '--ether', node.accounts[1]), '10000.000000000000000000')
})

test('a deployed token is read', async () => {
    assert.equal(await run('cast', 'call', token, 'symbol()(string)'), '"TEST"')
    assert.equal(await balanceOf(node.accounts[0]), supply)
    assert.ok((await run('cast', 'code', token)).length > 2)
})

test('a transfer moves tokens and its event arrives over WebSocket', { timeout: 30000 }, async (context) => {
    const subscribed = once(node.recorder, 'eth_subscribe')
    const listener = startFoundry('cast', ['logs', '--subscribe', '--rpc-url', node.ws, '--address', token,
        'Transfer(address,address,uint256)'])
    context.after(() => listener.kill())
    const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]()
    await subscribed

    const before = await balanceOf(recipient)
    const receipt = await send(token, 'transfer(address,uint256)', recipient, '7')
    assert.equal(receipt.status, '0x1')
    assert.equal(receipt.logs.length, 1)
    assert.equal(await balanceOf(recipient), before + 7n)

    let seen = ''
    while (!seen.includes(receipt.transactionHash)) {
        const { value, done } = await lines.next()
        assert.ok(!done, `cast logs ended after: ${seen}`)
        seen += `${value}\n`
    }

    const block = JSON.parse(await run('cast', 'block', receipt.blockNumber, '--json'))
    assert.ok(block.transactions.includes(receipt.transactionHash))
})

test('a custom error comes back from call, estimate and send', async () => {
    const call = [token, 'transfer(address,uint256)', recipient, '1']
    for (const command of [
        ['call', '--from', node.accounts[5]],
        ['estimate', '--from', node.accounts[5]],
        ['send', '--private-key', node.privateKeys[5]],
    ]) {
        assert.match(await refused('cast', ...command, ...call), insufficientBalance)
    }
})

test('a text comes back from call and estimate', async () => {
    for (const command of ['call', 'estimate']) {
        assert.match(await refused('cast', command, token, 'refuse()'), /refused on purpose/)
    }
})

test('a sync send answers with the receipt', async () => {
    const receipt = await send('--sync', recipient, '--value', '5')
    assert.equal(receipt.status, '0x1')
    assert.equal(BigInt(receipt.gasUsed), 21000n)
    assert.ok(node.recorder.calls.get('eth_sendRawTransactionSync') > 0)
    assert.equal(await run('cast', 'balance', recipient), '5')
})

test('the node knew every method that forge and cast called', (context) => {
    context.diagnostic([...node.recorder.calls.keys()].sort().join(' '))
    assert.deepEqual([...node.recorder.unknown], [])
})
