import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { PageHeader } from '../../parts/page-header.tsx';
import { Calls } from './calls.tsx';
import { Hosts } from './hosts.tsx';

const tabs = ['hosts', 'calls'] as const;

export function HostsPage() {
  const { t } = useTranslation('hosts');
  const [search, setSearch] = useSearchParams();
  const tab = tabs.find((one) => one === search.get('tab')) ?? 'hosts';
  return (
    <>
      <PageHeader title={t('title')} about={t('about')} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => setSearch(next === null ? {} : { tab: next }, { replace: true })}
      >
        <Tabs.List mb="md">
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="hosts">
          <Hosts />
        </Tabs.Panel>
        <Tabs.Panel value="calls">
          <Calls />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
