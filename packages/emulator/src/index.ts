export { ShapeError } from './shape-error.ts';
export { type Emulator, type EmulatorOptions, type Ready, startEmulator } from './start-emulator.ts';
