import { Box } from '@mantine/core';

interface MailFrameProps {
  readonly title: string;
  readonly html: string;
  readonly width?: number | string;
  readonly height?: number;
}

/** A mail as it would be seen: on white, without scripts, apart from the page. */
export function MailFrame({ title, html, width = '100%', height = 320 }: MailFrameProps) {
  return (
    <Box
      component="iframe"
      title={title}
      // No rights at all: nothing in a mail runs, and nothing in it can reach this page.
      sandbox=""
      srcDoc={html}
      w={width}
      maw="100%"
      h={height}
      bd="1px solid var(--mantine-color-default-border)"
      bg="white"
      style={{ colorScheme: 'light', display: 'block' }}
    />
  );
}
