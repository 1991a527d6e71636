import { type Fault, stsFault } from '../fault.ts';

const cancelledInCall: Pick<Fault, 'outcome' | 'calls' | 'arrange'> = {
  outcome: 'Cancelled',
  calls: 1,
  arrange: () => ({ ...stsFault({ hang: true }), options: { timeoutSeconds: '20' }, cancel: 'in a call' }),
};

const cancelledInWait: Pick<Fault, 'outcome' | 'calls' | 'arrange'> = {
  outcome: 'Cancelled',
  calls: 1,
  arrange: () => ({
    ...stsFault({ code: 'Throttling', headers: { 'retry-after': '15' } }),
    options: { timeoutSeconds: '30' },
    cancel: 'in a wait',
  }),
};

/** Cancelled runs. */
export const cancelled: readonly Fault[] = [
  { name: 'cancelled while STS is asked', where: 'bundle', ...cancelledInCall },
  { name: 'cancelled while STS is asked', where: 'image', ...cancelledInCall },
  { name: 'cancelled while STS is asked', where: 'task', ...cancelledInCall },
  { name: 'cancelled in a wait', where: 'bundle', ...cancelledInWait },
  { name: 'cancelled in a wait', where: 'task', ...cancelledInWait },
];
