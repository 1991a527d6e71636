import { atSts, type Fault } from '../fault.ts';

const inCall: Pick<Fault, 'outcome' | 'calls' | 'arrange'> = {
  outcome: 'Cancelled',
  calls: 1,
  arrange: () => ({ ...atSts({ hang: true }), options: { timeoutSeconds: '20' }, cancel: 'in a call' }),
};

const inWait: Pick<Fault, 'outcome' | 'calls' | 'arrange'> = {
  outcome: 'Cancelled',
  calls: 1,
  arrange: () => ({
    ...atSts({ code: 'Throttling', headers: { 'retry-after': '15' } }),
    options: { timeoutSeconds: '30' },
    cancel: 'in a wait',
  }),
};

/** Cancelled runs. */
export const cancelled: readonly Fault[] = [
  { name: 'cancelled while STS is asked', where: 'bundle', ...inCall },
  { name: 'cancelled while STS is asked', where: 'image', ...inCall },
  { name: 'cancelled while STS is asked', where: 'task', ...inCall },
  { name: 'cancelled in a wait', where: 'bundle', ...inWait },
  { name: 'cancelled in a wait', where: 'task', ...inWait },
];
