/** Source of a regular expression for host and port of a server on this machine, such as the project's emulator. */
export const LOOPBACK = String.raw`(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?`;
