import { DesktopProperties, Migration, PROPERTIES, PropertyMember, Start } from './members';

const MEMBERS = Object.entries(PROPERTIES) as readonly [keyof DesktopProperties, PropertyMember<any>][];

/** Checks the form of WorkspaceProperties, for a new desktop or for a change. */
export function checkProperties(properties: Partial<DesktopProperties> = {}): void {
  for (const [name, { check }] of MEMBERS) {
    if (properties[name] !== undefined) check?.(properties[name]);
  }
}

/** The properties of a new desktop. */
export function startingProperties(about: Start): DesktopProperties {
  return Object.fromEntries(MEMBERS.map(([name, { start }]) => [name, start(about.given[name], about)])) as unknown as DesktopProperties;
}

/** The properties that a migration gives to the new desktop. The others are those of a desktop whose request does not specify them. */
export function migratedProperties(migration: Migration): Partial<DesktopProperties> {
  return Object.fromEntries(MEMBERS.flatMap(([name, { migrate }]) => {
    if (migrate === 'default') return [];
    return [[name, migrate === 'copied' ? migration.before[name] : migrate(migration)]];
  }));
}
