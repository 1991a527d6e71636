/**
 * The few functions of the Reflect metadata API that `tsyringe`, inside @peculiar/x509, asks for at load time.
 * The library leaves the choice of a polyfill to its users.
 */
type Metadata = Map<unknown, unknown>;

const metadata = new WeakMap<object, Metadata>();

function getOwnMetadata(key: unknown, target: object): unknown {
  return metadata.get(target)?.get(key);
}

function getMetadata(key: unknown, target: object): unknown {
  const parent: unknown = Object.getPrototypeOf(target);
  return getOwnMetadata(key, target) ?? (typeof parent === 'function' ? getMetadata(key, parent) : undefined);
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  metadata.set(target, (metadata.get(target) ?? new Map()).set(key, value));
}

if (!('getMetadata' in Reflect)) Object.assign(Reflect, { defineMetadata, getMetadata, getOwnMetadata });
