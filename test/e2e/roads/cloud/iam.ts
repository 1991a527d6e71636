/** IAM as far as the documentation's commands use it. */
import { ACCOUNT, type Answer, type Call, type Needed, type Service, ServiceError, unknownCall } from './call.ts';
import { notFound, QueryCall, queryAnswer, queryError } from './xml.ts';

export interface Role {
  readonly trustPolicy: object;
  readonly maxSessionDuration: number;
  /** Inline policies by name. */
  readonly policies: Map<string, object>;
}

export interface AccessKey {
  readonly id: string;
  active: boolean;
  readonly lastUsed?: string;
}

interface User {
  keys: AccessKey[];
  readonly policies: Set<string>;
  readonly attached: Set<string>;
  readonly groups: Set<string>;
}

type Handler = (call: QueryCall) => object;

export class Iam implements Service {
  readonly roles = new Map<string, Role>();
  /** Client ids by URL. */
  readonly providers = new Map<string, readonly string[]>();
  readonly users = new Map<string, User>();

  owns(host: string): boolean {
    return host === 'iam.amazonaws.com';
  }

  /** No recipe's job may change IAM. */
  needs(call: Call): readonly Needed[] {
    return [{ action: `iam:${new QueryCall(call).action}`, resource: '*' }];
  }

  answer(call: Call): Answer {
    const query = new QueryCall(call);
    const handler = this.#handlers[query.action] ?? unknownCall(`iam:${query.action}`);
    return queryAnswer(query.action, handler(query));
  }

  fail(error: ServiceError): Answer {
    return queryError(error);
  }

  createProvider(url: string, clientIds: readonly string[]): string {
    if (this.providers.has(url)) throw new ServiceError('EntityAlreadyExists', `Provider ${url} already exists.`, 409);
    this.providers.set(url, clientIds);
    return `arn:aws:iam::${ACCOUNT}:oidc-provider/${url.replace('https://', '')}`;
  }

  createRole(name: string, trustPolicy: object, maxSessionDuration: number): Role {
    if (this.roles.has(name)) throw new ServiceError('EntityAlreadyExists', `Role ${name} already exists.`, 409);
    const role = { trustPolicy, maxSessionDuration, policies: new Map<string, object>() };
    this.roles.set(name, role);
    return role;
  }

  /** Creates a user with permissions of every kind. @param ids access keys, the first of which was used */
  createUser(name: string, ids: readonly string[]): readonly AccessKey[] {
    const keys = ids.map((id, index) => ({
      id,
      active: true,
      ...(index === 0 ? { lastUsed: '2026-11-20T10:00:00Z' } : {}),
    }));
    this.users.set(name, {
      keys,
      policies: new Set(['deploy']),
      attached: new Set([`arn:aws:iam::${ACCOUNT}:policy/site`]),
      groups: new Set(['ci']),
    });
    return keys;
  }

  keysOf(name: string): readonly string[] {
    return this.users.get(name)?.keys.map(({ id }) => id) ?? [];
  }

  #role(query: QueryCall): Role {
    return this.roles.get(query.get('RoleName')) ?? notFound('NoSuchEntity', `The role ${query.get('RoleName')}`);
  }

  #user(query: QueryCall): User {
    return this.users.get(query.get('UserName')) ?? notFound('NoSuchEntity', `The user ${query.get('UserName')}`);
  }

  #key(query: QueryCall, keys: readonly AccessKey[]): AccessKey {
    const id = query.get('AccessKeyId');
    return keys.find((key) => key.id === id) ?? notFound('NoSuchEntity', `The access key ${id}`);
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    CreateOpenIDConnectProvider: (query) => ({
      OpenIDConnectProviderArn: this.createProvider(query.get('Url'), query.list('ClientIDList')),
    }),
    CreateRole: (query) => {
      const [name, trustPolicy] = [query.get('RoleName'), JSON.parse(query.get('AssumeRolePolicyDocument'))];
      this.createRole(name, trustPolicy, Number(query.get('MaxSessionDuration') || 3600));
      return { Role: { RoleName: name, Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, Path: '/', RoleId: 'AROAX' } };
    },
    PutRolePolicy: (query) => {
      this.#role(query).policies.set(query.get('PolicyName'), JSON.parse(query.get('PolicyDocument')));
      return {};
    },
    ListAccessKeys: (query) => ({
      IsTruncated: false,
      AccessKeyMetadata: this.#user(query).keys.map(({ id, active }) => ({
        UserName: query.get('UserName'),
        AccessKeyId: id,
        Status: active ? 'Active' : 'Inactive',
        CreateDate: '2020-01-01T00:00:00Z',
      })),
    }),
    GetAccessKeyLastUsed: (query) => {
      const every = [...this.users].flatMap(([name, { keys }]) => keys.map((key) => ({ name, key })));
      const { lastUsed } = this.#key(
        query,
        every.map(({ key }) => key),
      );
      const UserName = every.find(({ key }) => key.id === query.get('AccessKeyId'))?.name;
      const service = lastUsed === undefined ? 'N/A' : 's3';
      return { UserName, AccessKeyLastUsed: { LastUsedDate: lastUsed, ServiceName: service, Region: 'eu-west-1' } };
    },
    UpdateAccessKey: (query) => {
      this.#key(query, this.#user(query).keys).active = query.get('Status') === 'Active';
      return {};
    },
    DeleteAccessKey: (query) => {
      const user = this.#user(query);
      const deleted = this.#key(query, user.keys);
      user.keys = user.keys.filter((key) => key !== deleted);
      return {};
    },
    ListUserPolicies: (query) => ({ IsTruncated: false, PolicyNames: [...this.#user(query).policies] }),
    ListAttachedUserPolicies: (query) => ({
      IsTruncated: false,
      AttachedPolicies: [...this.#user(query).attached].map((arn) => ({
        PolicyName: arn.split('/').at(-1),
        PolicyArn: arn,
      })),
    }),
    ListGroupsForUser: (query) => ({
      IsTruncated: false,
      Groups: [...this.#user(query).groups].map((name) => ({
        GroupName: name,
        Arn: `arn:aws:iam::${ACCOUNT}:group/${name}`,
        Path: '/',
        GroupId: 'AGPAX',
        CreateDate: '2020-01-01T00:00:00Z',
      })),
    }),
    DeleteUserPolicy: (query) => removed(this.#user(query).policies, query.get('PolicyName')),
    DetachUserPolicy: (query) => removed(this.#user(query).attached, query.get('PolicyArn')),
    RemoveUserFromGroup: (query) => removed(this.#user(query).groups, query.get('GroupName')),
    DeleteUser: (query) => {
      const { keys, policies, attached, groups } = this.#user(query);
      if (keys.length + policies.size + attached.size + groups.size > 0) {
        throw new ServiceError('DeleteConflict', 'Cannot delete entity, must remove what belongs to it first.', 409);
      }
      this.users.delete(query.get('UserName'));
      return {};
    },
  };
}

function removed(from: Set<string>, name: string): object {
  if (!from.delete(name)) notFound('NoSuchEntity', name);
  return {};
}
