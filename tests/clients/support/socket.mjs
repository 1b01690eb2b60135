// A JSON-RPC client over one WebSocket connection, for methods that the libraries do not know.
import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Connects to the URL. */
export async function openSocket(url) {
    const socket = new WebSocket(url)
    const answers = new Map()
    const subscriptions = new Map()
    const early = new Map()
    let lastId = 0
    socket.on('message', (data) => {
        const message = JSON.parse(data)
        if (message.method === 'eth_subscription') {
            const { subscription, result } = message.params
            const receive = subscriptions.get(subscription)
            if (receive) receive(result)
            else early.set(subscription, [...(early.get(subscription) ?? []), result])
            return
        }
        answers.get(message.id)(message)
        answers.delete(message.id)
    })
    await once(socket, 'open')

    /** Returns the whole answer, {result} or {error}. */
    const ask = (method, ...params) =>
        new Promise((resolve) => {
            const id = ++lastId
            answers.set(id, resolve)
            socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
        })
    /** Returns the result; fails with the node's error. */
    const request = async (method, ...params) => {
        const { result, error } = await ask(method, ...params)
        if (error) throw Object.assign(new Error(error.message), error)
        return result
    }
    /** Calls `receive` with each notification of the subscription, whose id it returns. */
    const subscribe = async (receive, ...params) => {
        const id = await request('eth_subscribe', ...params)
        subscriptions.set(id, receive)
        early.get(id)?.forEach(receive)
        return id
    }
    /** Returns `count` notifications that satisfy `isWanted`. */
    const take = (count, isWanted, ...params) =>
        new Promise((resolve, reject) => {
            const taken = []
            const receive = (result) => {
                if (taken.length < count && isWanted(result)) taken.push(result)
                if (taken.length === count) resolve(taken)
            }
            subscribe(receive, ...params).catch(reject)
        })
    return { socket, ask, request, subscribe, take, close: () => socket.terminate() }
}
