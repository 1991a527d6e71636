// Stands in for the SDK's HTTP handlers in what ships: shared/src/transport.ts is the one way out, so that HTTP/1.1,
// HTTP/2 and stream code of the SDK need not be loaded.
// biome-ignore lint/complexity/noStaticOnlyClass: the SDK's own shape
export class NodeHttpHandler {
  static create(handler) {
    return handler;
  }
}

export const streamCollector = async () => {
  throw new Error('answers are read whole by shared/src/transport.ts');
};
