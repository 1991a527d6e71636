/** CloudFormation templates with their functions evaluated. */
import { isCollection, parse, type Tags } from 'yaml';
import { ACCOUNT, REGION, ServiceError } from './call.ts';

export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A resource after its creation. */
export interface Created {
  /** Value of `Ref`. */
  readonly id: string;
  /** Values of `Fn::GetAtt`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

const SHORT_FORMS = ['Sub', 'GetAtt', 'Equals', 'If', 'Join', 'Not', 'Or', 'And', 'Select'];

/** `!Sub text` means `{ "Fn::Sub": text }`. */
const TAGS = [...SHORT_FORMS.map((name) => [`!${name}`, `Fn::${name}`] as const), ['!Ref', 'Ref'] as const].flatMap(
  ([tag, name]): Tags => [
    { tag, resolve: (text: string) => ({ [name]: name === 'Fn::GetAtt' ? text.split('.') : text }) },
    { tag, collection: 'seq', resolve: (list) => ({ [name]: isCollection(list) ? list.toJSON() : [] }) },
  ],
);

export function parseTemplate(text: string): Template {
  return parse(text, { customTags: TAGS }) as Template;
}

export class TemplateValues {
  readonly #template: Template;
  readonly #parameters: ReadonlyMap<string, string>;
  readonly #created: ReadonlyMap<string, Created>;
  readonly #stack: string;

  constructor(
    template: Template,
    stack: string,
    parameters: ReadonlyMap<string, string>,
    created: ReadonlyMap<string, Created>,
  ) {
    this.#template = template;
    this.#stack = stack;
    this.#parameters = parameters;
    this.#created = created;
  }

  holds(condition: string | undefined): boolean {
    return condition === undefined || this.evaluate(this.#template.Conditions?.[condition]) === true;
  }

  evaluate(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.evaluate(one)).filter((one) => one !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = ['', undefined]] = entries;
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::') || name === 'Condition'))
      return this.#call(name, argument);
    return Object.fromEntries(
      entries.map(([key, member]) => [key, this.evaluate(member)]).filter(([, member]) => member !== undefined),
    );
  }

  #call(name: string, argument: unknown): unknown {
    const list: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
    const values = () => list.map((one) => this.evaluate(one));
    switch (name) {
      case 'Ref':
        return this.#refer(String(argument));
      case 'Condition':
        return this.holds(String(argument));
      case 'Fn::GetAtt':
        return this.#attribute(list.join('.'));
      case 'Fn::Sub':
        return this.#substitute(list);
      case 'Fn::Equals':
        return values()[0] === values()[1];
      case 'Fn::If':
        return this.evaluate(this.holds(String(list[0])) ? list[1] : list[2]);
      case 'Fn::Not':
        return values()[0] !== true;
      case 'Fn::And':
        return values().every((one) => one === true);
      case 'Fn::Or':
        return values().some((one) => one === true);
      case 'Fn::Join':
        return [this.evaluate(list[1])].flat().join(String(list[0]));
      default:
        throw new ServiceError('ValidationError', `${name} is not known here`);
    }
  }

  #substitute([text, variables]: readonly unknown[]): string {
    const own = this.evaluate(variables ?? {}) as Readonly<Record<string, unknown>>;
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, reference: string) => {
      if (literal !== '') return `\${${reference}}`;
      return String(own[reference] ?? (reference.includes('.') ? this.#attribute(reference) : this.#refer(reference)));
    });
  }

  #refer(name: string): unknown {
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::Region': REGION,
      'AWS::StackName': this.#stack,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    if (name === 'AWS::NoValue') return undefined;
    const reference =
      pseudo[name] ??
      this.#created.get(name)?.id ??
      this.#parameters.get(name) ??
      this.#template.Parameters?.[name]?.Default;
    if (reference === undefined)
      throw new ServiceError('ValidationError', `Unresolved resource dependencies [${name}]`);
    return reference;
  }

  #attribute(reference: string): string {
    const [resource = '', ...names] = reference.split('.');
    const value = this.#created.get(resource)?.attributes?.[names.join('.')];
    if (value === undefined) throw new ServiceError('ValidationError', `${reference} is not known here`);
    return value;
  }
}
