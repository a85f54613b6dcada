import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText } from './ports';

export interface RecordedOptions {
  /** The allowed properties. @default - any */
  readonly properties?: readonly string[];
  /** The property that names the resource, if there is one. If it changes, a new resource is made. */
  readonly nameProperty?: string;
  readonly longestName?: number;
  attributes?(physicalId: string): JsonObject;
}

/** A resource that exists only in its stack: no service of the local cloud behaves differently with it. */
export class RecordedType implements ResourceType {
  constructor(private readonly options: RecordedOptions = {}) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    const { nameProperty, longestName } = this.options;
    const name = nameProperty ? optionalText(properties[nameProperty]) : undefined;
    return this.made(context, name ?? (longestName ? physicalName(context, longestName) : randomUUID()), properties);
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    const { nameProperty } = this.options;
    if (nameProperty && changed(properties, oldProperties, [nameProperty]).length > 0) return undefined;
    return this.made(context, physicalId, properties);
  }

  async delete(): Promise<void> {
    // it exists only in its stack
  }

  private made(context: ResourceContext, physicalId: string, properties: JsonObject): Provisioned {
    if (this.options.properties) allowOnly(context, properties, this.options.properties);
    return { physicalId, attributes: this.options.attributes?.(physicalId) };
  }
}
