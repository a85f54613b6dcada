import type { Spelling } from './service-options';

/** A user's name as an answer spells it. JSON leaves out undefined members. */
export function spelled(userName: string, spelling: Spelling): string | undefined {
  switch (spelling) {
    case 'as asked': return userName;
    case 'domain': return `CORP\\${userName}`;
    case 'principal': return `${userName}@corp.example.com`;
    case 'capitals': return userName.toUpperCase();
    case 'decomposed': return userName.normalize('NFD');
    case 'none': return undefined;
  }
}
