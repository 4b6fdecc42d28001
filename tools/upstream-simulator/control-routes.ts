import type { FastifyInstance, FastifyReply } from 'fastify';
import { CodedError, type ErrorCategory } from 'penstock/kernel';
import { z } from 'zod';

import type { FailureInput, SimulatorControl } from './control.js';
import type { BehaviourChange } from './core/behaviour.js';
import type { CallQuery } from './core/call-ring.js';
import { checkedInput } from './core/checked-input.js';
import { credentialsSchema } from './core/credential.js';
import type { FaultRuleInput } from './core/fault-rule.js';

const STATUSES: Partial<Record<ErrorCategory, number>> = {
  invalid_input: 400,
  not_found: 404,
  conflict: 409,
};

const credentialsBodySchema = z.strictObject({ credentials: credentialsSchema });

interface ById {
  readonly Params: { readonly id: string };
}

/** The control API over HTTP; {@link SimulatorControl} checks what comes in. */
export function addControlRoutes(app: FastifyInstance, control: SimulatorControl): void {
  addReports(app, control);
  addSettings(app, control);
  addFaults(app, control);
  addInterventions(app, control);
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => sendError(error, reply));
}

function addReports(app: FastifyInstance, control: SimulatorControl): void {
  app.get('/report', () => control.report());
  app.get<{ Querystring: CallQuery }>('/calls', ({ query }) => ({ calls: control.calls(query) }));
}

function addSettings(app: FastifyInstance, control: SimulatorControl): void {
  app.put('/credentials', ({ body }, reply) => {
    const { credentials } = checkedInput(credentialsBodySchema, body);
    control.setCredentials(credentials);
    return reply.code(204).send();
  });
  app.put<{ Body: BehaviourChange }>('/behaviour', ({ body }) => control.setBehaviour(body));
}

function addFaults(app: FastifyInstance, control: SimulatorControl): void {
  app.post<{ Body: FaultRuleInput }>('/faults', ({ body }, reply) =>
    reply.code(201).send({ id: control.addFault(body) }),
  );
  app.delete('/faults', (_request, reply) => {
    control.removeFault();
    return reply.code(204).send();
  });
  app.delete<ById>('/faults/:id', ({ params }, reply) => {
    control.removeFault(params.id);
    return reply.code(204).send();
  });
}

function addInterventions(app: FastifyInstance, control: SimulatorControl): void {
  app.post<ById>('/jobs/:id/finish', ({ params }, reply) => {
    control.finishJob(params.id);
    return reply.code(204).send();
  });
  app.post<ById & { readonly Body: FailureInput | undefined }>(
    '/jobs/:id/fail',
    ({ params, body }, reply) => {
      control.failJob(params.id, body);
      return reply.code(204).send();
    },
  );
  app.post('/reset', (_request, reply) => {
    control.reset();
    return reply.code(204).send();
  });
}

const isCoded = (error: unknown): error is CodedError => error instanceof CodedError;

function sendError(error: Error & { readonly statusCode?: number }, reply: FastifyReply): FastifyReply {
  if (isCoded(error)) {
    const status = STATUSES[error.category] ?? 500;
    return reply
      .code(status)
      .send({ error: { code: error.code, message: error.message, field: error.field ?? null } });
  }
  const { statusCode = 500, message } = error;
  const code = statusCode < 500 ? 'invalid_input' : 'internal';
  return reply.code(statusCode).send({ error: { code, message, field: null } });
}
