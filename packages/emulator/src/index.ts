export { ShapeError } from './shape.ts';
export { type Emulator, type EmulatorOptions, type Ready, startEmulator } from './start-emulator.ts';
