import { DesktopProperties, Migration, PROPERTIES, PropertyMember, Start } from './members';

const MEMBERS = Object.entries(PROPERTIES) as readonly [keyof DesktopProperties, PropertyMember<any>][];

/** What can be wrong on their face with WorkspaceProperties, of a new desktop or of one that is modified. */
export function checkProperties(properties: Partial<DesktopProperties> = {}): void {
  for (const [name, { check }] of MEMBERS) {
    if (properties[name] !== undefined) check?.(properties[name]);
  }
}

/** The properties of a new desktop. */
export function startingProperties(about: Start): DesktopProperties {
  return Object.fromEntries(MEMBERS.map(([name, { start }]) => [name, start(about.given[name], about)])) as unknown as DesktopProperties;
}

/** What a migration gives to the new desktop; for all else it is as a desktop whose request does not say. */
export function migratedProperties(migration: Migration): Partial<DesktopProperties> {
  return Object.fromEntries(MEMBERS.flatMap(([name, { migrate }]) => {
    if (migrate === 'anew') return [];
    return [[name, migrate === 'kept' ? migration.before[name] : migrate(migration)]];
  }));
}
