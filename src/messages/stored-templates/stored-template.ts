import type { Channel } from '../../profiles/index.ts';
import type { TemplateContent } from './template-content.ts';

/** A template with its latest version. */
export interface StoredTemplate {
  readonly id: number;
  readonly name: string;
  readonly channel: Channel;
  /** Null = for workflows of any database. */
  readonly databaseId: number | null;
  readonly version: number;
  readonly content: TemplateContent;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface TemplateVersion {
  readonly version: number;
  readonly content: TemplateContent;
  readonly createdAt: Date;
}
