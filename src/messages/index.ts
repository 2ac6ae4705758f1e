/** Level 4: templates of messages, senders, the outbox of messages and what becomes of them. */

export { parseBounceAddress, parseMessageId } from './bounce-address.ts';
export { type BounceSettings, parseBounceSettings } from './bounces/bounce-settings.ts';
export { judgeReturned } from './bounces/judge-returned.ts';
export { createMailboxPoller, type MailboxPollerOptions } from './bounces/mailbox-poller.ts';
export type { Returned, ReturnedKind } from './bounces/returned.ts';
export { findMailboxState, type MailboxState } from './bounces/sql/find-mailbox-state.ts';
export { createGatewayChannel, type GatewayChannelOptions } from './channels/gateway/channel.ts';
export { readReportAddress, reportUrl } from './channels/gateway/report-url.ts';
export { type GatewaySettings, parseGatewaySettings } from './channels/gateway/settings.ts';
export { measureSms, type SmsSize } from './channels/gateway/sms-parts.ts';
export { type TakenReports, takeReports } from './channels/gateway/take-reports.ts';
export { verifySmtp } from './channels/smtp/verify-smtp.ts';
export { checkMessages } from './check-messages.ts';
export {
  cancelMessage,
  getMessage,
  listMessages,
  type MessageDecision,
  messageDecisions,
  resolveMessage,
} from './decide-messages.ts';
export { createMessageDispatcher } from './dispatch/message-dispatcher.ts';
export type {
  DispatchSender,
  MessageDispatcherDeps,
} from './dispatch/message-dispatcher-deps.ts';
export type { MessageTemplate } from './dispatch/message-template.ts';
export { findSendPlan, type SendPlan } from './find-send-plan.ts';
export type { DeliveryOutcome, Outgoing, SenderChannel } from './message.ts';
export { type NewMessage, type UnknownPolicy, unknownPolicies } from './message.ts';
export { recordFacts } from './record-facts.ts';
export type { MessageNews, RunPort, RunScope, RunScopes } from './run-port.ts';
export { type OpenSenderDeps, openSender } from './senders/open-sender.ts';
export { sendTestMessage } from './senders/send-test-message.ts';
export type { OpenedSender, Sender, SenderSettings } from './senders/sender.ts';
export {
  checkSenderChoice,
  createSender,
  deleteSender,
  draftSender,
  getSender,
  limitsOf,
  listSenders,
  loadSender,
  printSettings,
  updateSender,
} from './senders/senders.ts';
export { SettingsError, type SettingsFault } from './settings-error.ts';
export { cancelMessages } from './sql/cancel-messages.ts';
export { findMessageFacts, type MessageFacts } from './sql/find-message-facts.ts';
export { forgetMessages } from './sql/forget-messages.ts';
export { insertMessages } from './sql/insert-messages.ts';
export { purgeMessages } from './sql/purge-messages.ts';
export { releaseHeldMessages } from './sql/release-held-messages.ts';
export { type ListedMessage, type MessageState, messageStates } from './sql/select-messages.ts';
export { loadTemplate } from './stored-templates/load-template.ts';
export { previewContent } from './stored-templates/preview.ts';
export { renderContent } from './stored-templates/render-content.ts';
export { seedTemplate } from './stored-templates/seed-template.ts';
export type { StoredTemplate, TemplateVersion } from './stored-templates/stored-template.ts';
export type { CompiledTemplate } from './stored-templates/template-content.ts';
export {
  createTemplate,
  deleteTemplate,
  getTemplate,
  listTemplates,
  listVersions,
  updateTemplate,
} from './stored-templates/templates.ts';
export { type Decoration, decorate } from './tracking/decorate.ts';
export type { Fact, FactKind, RecordFacts } from './tracking/fact.ts';
export { createFactGatherer, type GatherFact } from './tracking/gather-facts.ts';
export {
  type LinkKind,
  linkPaths,
  linksOf,
  type MessageLinks,
  type MessageRef,
  printLink,
  publicUrlOf,
  readKey,
} from './tracking/links.ts';
export { maskAddress } from './tracking/mask-address.ts';
export { findRecipient, type Recipient } from './tracking/sql/find-recipient.ts';
