import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { ProfileObject } from '../../../../src/http/admin/contract.ts';
import { api } from '../../api/client.ts';
import { FormModal } from '../../parts/form-modal.tsx';
import { takeProblem } from '../../parts/take-problem.ts';

interface NewProfileProps {
  readonly databaseId: number;
  readonly onClose: () => void;
}

const keys = ['email', 'phones', '_fname', '_lname'] as const;

/** One person, made by hand; more fields are filled in on their page. */
export function NewProfile({ databaseId, onClose }: NewProfileProps) {
  const { t } = useTranslation('profiles');
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ initialValues: { email: '', phones: '', _fname: '', _lname: '' } });
  const make = useMutation({
    mutationFn: (values: typeof form.values) => {
      const given = Object.entries(values).filter(([, value]) => value.trim() !== '');
      return api.post<ProfileObject>('/profiles', {
        database_id: databaseId,
        fields: Object.fromEntries(given),
      });
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['/profiles'] });
      await navigate(`/profiles/${id}?database=${databaseId}`);
    },
    onError: (thrown) => takeProblem(form, thrown),
  });
  const labels = { email: t('email'), phones: t('phones'), _fname: '_fname', _lname: '_lname' };
  return (
    <FormModal
      title={t('make')}
      isOpen
      onClose={onClose}
      onSubmit={form.onSubmit((values) => make.mutate(values))}
      action={t('makeAction')}
      isPending={make.isPending}
      problem={make.error}
    >
      {keys.map((key, index) => (
        <TextInput
          key={key}
          label={labels[key]}
          {...(index === 0 ? { 'data-autofocus': true } : {})}
          {...form.getInputProps(key)}
        />
      ))}
    </FormModal>
  );
}
