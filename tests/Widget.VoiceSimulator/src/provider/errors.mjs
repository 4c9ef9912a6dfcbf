// @ts-check

/**
 * A request that the provider refuses. Over HTTP it becomes `{"error":{message,type,code,param}}`, on a channel an `error` event.
 */
export class ProviderError extends Error {
  /**
   * @param {number} status the HTTP status
   * @param {string | null} code
   * @param {string} message
   * @param {string | null} [param] the path of the invalid field, such as `session.audio.output.voice`
   * @param {string} [type]
   */
  constructor(status, code, message, param = null, type = 'invalid_request_error') {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
    this.type = type;
  }

  toBody() {
    return { message: this.message, type: this.type, code: this.code, param: this.param };
  }
}

/**
 * @param {string | null} code
 * @param {string} message
 * @param {string | null} [param]
 */
export const invalid = (code, message, param = null) => new ProviderError(400, code, message, param);
