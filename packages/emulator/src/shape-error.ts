/** A JSON value that a person wrote is wrong. The message names the path. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}
