import './reflect-metadata.ts';
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
  /** Certificate of the authority, PEM. Public. */
  readonly ca: string;
  /** The server's certificate, PEM. */
  readonly certificate: string;
  /** The server's private key, PEM. Lives in memory only, as the authority's does. */
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

/**
 * An authority made for this run, and a server certificate of it.
 * @param names host names and IP addresses the server answers to
 * @param now milliseconds since 1970
 */
export async function createTlsIdentity(names: readonly string[], now: number): Promise<TlsIdentity> {
  const notBefore = new Date(now - day);
  const notAfter = new Date(now + 30 * day);
  const authority = await keyPair();
  const authorityName = 'CN=aws-oidc-emulator test authority';
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: authorityName,
    keys: authority,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      // Strict verifiers, such as Python's from 3.13, want the key identifiers.
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
    signingAlgorithm: algorithm,
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
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
