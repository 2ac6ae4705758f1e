import { Fieldset, Stack } from '@mantine/core';
import type { ComponentType } from 'react';
import { isRecord, type SettingProps } from './setting.ts';

interface ObjectFieldProps extends SettingProps {
  readonly label: string;
  /** The field of a setting, which knows this one. */
  readonly Field: ComponentType<SettingProps>;
}

/** Settings within a setting, such as `until` of a delay. */
export function ObjectField({ Field, label, ...props }: ObjectFieldProps) {
  const { schema, value, onChange, faults } = props;
  const object = isRecord(value) ? value : {};
  const change = (key: string, next: unknown): void => {
    const { [key]: _, ...rest } = object;
    const changed = next === undefined ? rest : { ...rest, [key]: next };
    onChange(Object.keys(changed).length === 0 ? undefined : changed);
  };
  const faultsBelow = (key: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(faults).flatMap(([path, message]) =>
        path === key || path.startsWith(`${key}.`) ? [[path.slice(key.length + 1), message]] : [],
      ),
    );
  return (
    <Fieldset legend={label} p="sm">
      <Stack gap="sm">
        {Object.entries(schema.properties ?? {}).map(([key, below]) => (
          <Field
            {...props}
            key={key}
            name={key}
            schema={below}
            value={object[key]}
            onChange={(next) => change(key, next)}
            faults={faultsBelow(key)}
          />
        ))}
      </Stack>
    </Fieldset>
  );
}
