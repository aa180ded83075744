import { parentPort, workerData } from 'node:worker_threads';
import ses from 'aws-ses-v2-local';

if (parentPort === null) throw new Error('mail-worker.ts runs in a worker thread only');
const { port }: { port: number } = workerData;
const server = await ses.default({ host: '127.0.0.1', port });
const address = server.listening ? server.address() : null;
// The package calls back after a failure to listen as well.
parentPort.postMessage(address !== null && typeof address === 'object' ? { port: address.port } : { port: undefined });
