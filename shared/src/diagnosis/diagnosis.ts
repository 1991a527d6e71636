/** Code that only a failure or a trust policy file needs. Pipe and task load it from a file next to the program. */
export { diagnosed } from './diagnosed.ts';
export { weaknessesOf } from './trust-policy-file.ts';
