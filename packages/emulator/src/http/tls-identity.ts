// tsyringe, inside @peculiar/x509, needs the Reflect metadata API when it is loaded.
import 'reflect-metadata/lite';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface TlsIdentity {
  /** The authority's certificate, PEM. Public. */
  readonly ca: string;
  /** The server's certificate, PEM. */
  readonly certificate: string;
  /** The server's private key, PEM. Like the authority's key, it exists only in memory. */
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/**
 * Creates a certificate authority for this run, and a server certificate signed by it.
 * @param names host names and IP addresses of the server
 * @param now milliseconds since 1970
 */
export async function createTlsIdentity(names: readonly string[], now: number): Promise<TlsIdentity> {
  const notBefore = new Date(now - DAY_MS);
  const notAfter = new Date(now + 30 * DAY_MS);
  const authority = await keyPair();
  const authorityName = 'CN=aws-oidc-emulator test authority';
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: authorityName,
    keys: authority,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      // Strict verifiers, such as Python's since 3.13, require the key identifiers.
      await SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const server = await keyPair();
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=aws-oidc-emulator',
    issuer: authorityName,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await SubjectKeyIdentifierExtension.create(server.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
      new SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
      ),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', server.privateKey);
  return {
    ca: ca.toString('pem'),
    certificate: certificate.toString('pem'),
    key: PemConverter.encode(key, 'PRIVATE KEY'),
  };
}

function keyPair() {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
