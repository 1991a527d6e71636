// Stands in for the SDK's default credential chain in what ships: nothing of ours ever looks for other credentials,
// so the code that could is not there either.
export const defaultProvider = () => async () => {
  throw new Error('AWS OIDC Assume uses only the credentials it was given');
};
