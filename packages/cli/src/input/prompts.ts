import { isCancel, select, text } from '@clack/prompts';
import { Cancelled, type Choice, type Prompts, type Question } from '../context.ts';

/** Asks questions at the program's terminal. */
export const terminalPrompts: Prompts = {
  async text({ message, sample, isOptional, check }: Question): Promise<string> {
    const answer = await text({
      message,
      ...(sample === undefined ? {} : { placeholder: sample }),
      validate: (value = '') => {
        if (value.trim() === '') return isOptional === true ? undefined : 'An answer is needed.';
        return check?.(value.trim());
      },
    });
    return answered(answer).trim();
  },

  async choose<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T> {
    const values = choices.map(({ value, label }) => ({ value: String(value), label }));
    const answer = answered(await select({ message, options: values }));
    const choice = choices.find(({ value }) => value === answer);
    if (choice === undefined) throw new Cancelled();
    return choice.value;
  },
};

function answered(answer: string | symbol | undefined): string {
  if (isCancel(answer)) throw new Cancelled();
  return typeof answer === 'string' ? answer : '';
}
