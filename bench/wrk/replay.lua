-- SPDX-License-Identifier: Apache-2.0
-- Sends the transactions of a file that `jiffy bench load --write-transactions` has made:
--
--   wrk --threads 1 --connections 16 --duration 10s --latency --script bench/wrk/replay.lua URL -- FILE [sync|async]
--
-- Each thread takes the senders whose number leaves its own as the remainder. A request that would come after the
-- thread's last transaction asks for the chain's id instead, and is counted apart.

local thread_count = 0

function setup(thread)
    thread:set('number', thread_count)
    thread_count = thread_count + 1
    thread:set('sent', 0)
    thread:set('idle', 0)
    thread:set('errors', 0)
    thread:set('first_error', '')
    threads = threads or {}
    table.insert(threads, thread)
    for _, each in ipairs(threads) do each:set('thread_count', thread_count) end
end

function init(arguments)
    local file = assert(arguments[1], 'the file of transactions is missing')
    local methods = {sync = 'eth_sendRawTransactionSync', async = 'eth_sendRawTransaction'}
    local method = assert(methods[arguments[2] or 'sync'], 'neither sync nor async: ' .. tostring(arguments[2]))
    local headers = {['Content-Type'] = 'application/json'}
    local before = '{"jsonrpc":"2.0","id":1,"method":"' .. method .. '","params":["'
    requests = {}
    local senders, index = nil, 0
    for line in io.lines(file) do
        if not senders then
            local count = line:match('^# jiffy%-transactions 1 %S+ %d+ (%d+)$')
            senders = tonumber((assert(count, file .. ' is no file of prepared transactions')))
        else
            if (index % senders) % thread_count == number then
                requests[#requests + 1] = wrk.format('POST', nil, headers, before .. line .. '"]}')
            end
            index = index + 1
        end
    end
    nothing = wrk.format('POST', nil, headers, '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}')
end

function request()
    if sent == #requests then
        idle = idle + 1
        return nothing
    end
    sent = sent + 1
    return requests[sent]
end

function response(status, headers, body)
    if status ~= 200 or body:find('"error":', 1, true) then
        errors = errors + 1
        if first_error == '' then first_error = status .. ' ' .. body end
    end
end

function done(summary, latency, statistics)
    local totals = {sent = 0, idle = 0, errors = 0}
    for _, thread in ipairs(threads) do
        for name in pairs(totals) do totals[name] = totals[name] + thread:get(name) end
        if thread:get('first_error') ~= '' then print('first error: ' .. thread:get('first_error')) end
    end
    print(string.format('transactions sent %d, answered with an error %d, requests after the last one %d',
        totals.sent, totals.errors, totals.idle))
    print(string.format('transactions per second %.0f', (summary.requests - totals.idle - totals.errors) * 1e6 / summary.duration))
end
