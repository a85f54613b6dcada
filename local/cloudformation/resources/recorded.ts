import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText } from './ports';

export interface RecordedOptions {
  /** Undefined for any. */
  readonly properties?: readonly string[];
  /** The property that names the resource, if it has one. A change of it makes a new resource. */
  readonly nameProperty?: string;
  readonly longestName?: number;
  attributes?(physicalId: string): JsonObject;
}

/** A resource that exists in its stack only: there is no service here that would behave differently with it. */
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
    // it was never anywhere else
  }

  private made(context: ResourceContext, physicalId: string, properties: JsonObject): Provisioned {
    if (this.options.properties) allowOnly(context, properties, this.options.properties);
    return { physicalId, attributes: this.options.attributes?.(physicalId) };
  }
}
