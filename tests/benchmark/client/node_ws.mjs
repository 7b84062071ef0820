// SPDX-License-Identifier: BSL-1.0
// The same closed loop in Node.js with the package `ws`, which is looked for in the folder of --modules.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const options = { port: "", depth: "1", requests: "10000", "warm-up": "1000", "ca-file": "", modules: "" };
for (let i = 2; i < process.argv.length; i += 2) options[process.argv[i].slice(2)] = process.argv[i + 1];
const { WebSocket } = createRequire(options.modules + "/")("ws");

const warmUp = Number(options["warm-up"]);
const total = warmUp + Number(options.requests);
const isTls = options["ca-file"] !== "";
const socket = new WebSocket(`${isTls ? "wss" : "ws"}://127.0.0.1:${options.port}/`, {
    perMessageDeflate: false,
    ca: isTls ? readFileSync(options["ca-file"]) : undefined,
});
const waiting = new Map();
let sent = 0;
let answered = 0;
let start;

const usage = () => ({ time: process.hrtime.bigint(), cpu: process.cpuUsage() });

function send() {
    if (sent === total) return;
    const callid = String(++sent).padStart(12, "0");
    waiting.set(callid, send);
    socket.send(JSON.stringify({
        channel: "LCM", topic: "WebService", subtopic: "SetBusinessOutcomeWithCallOutcome", source: "gateway",
        data: {
            callid, AccountNumber: "5|3|1|0|0|44|1", BusinessOutcome: 101, CallOutcome: 0, LeadScore: 0,
            UserID: "1234", AgentComments: "Test comment", TargetAmount: 0,
        },
    }));
}

function print() {
    const end = usage();
    const cpu = end.cpu.user + end.cpu.system - start.cpu.user - start.cpu.system;
    console.log(JSON.stringify({
        requests: total - warmUp, seconds: Number(end.time - start.time) * 1e-9, cpu_seconds: cpu * 1e-6,
    }));
    process.exit(0);
}

socket.on("open", () => {
    socket._socket.setNoDelay(true);
    for (let i = 0; i < Number(options.depth); ++i) send();
});
socket.on("message", (text) => {
    const { callid, response } = JSON.parse(text.toString()).message;
    const next = waiting.get(callid);
    if (!next || response.success !== true) throw new Error("not the expected reply");
    waiting.delete(callid);
    ++answered;
    if (answered === warmUp) start = usage();
    if (answered === total) print();
    next();
});
