package org.resnet4j.core.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import org.resnet4j.core.hub.Patience.PassingFailure;
import org.resnet4j.core.text.Quote;

/**
 * An answer that is no success, put into words. The hub names the reason in a header of its own,
 * and answers 401 for a model that it does not have, so that nobody learns which exist.
 */
record Refusal(HubModel model, HubSettings settings, URI uri, int status, HttpHeaders headers) {
  /**
   * Why it was refused.
   *
   * @throws PassingFailure if it is worth another attempt
   */
  HubException reason() throws PassingFailure {
    return switch (headers.firstValue("X-Error-Code").orElse("")) {
      case "RepoNotFound" -> noModel();
      case "GatedRepo" ->
          failure(
              "its owner gives it to those who have accepted its terms",
              "accept them at " + settings.endpoint() + "/" + model.name() + " and set HF_TOKEN");
      case "RevisionNotFound" ->
          failure(
              "the model has no revision " + model.revision(),
              "name a branch, a tag or a commit that it has");
      case "EntryNotFound" ->
          failure(
              "its list has a file that is not there: " + Quote.name(uri.getPath()),
              "try again later, or name another revision");
      default -> byStatus();
    };
  }

  private HubException byStatus() throws PassingFailure {
    boolean ofEndpoint = uri.getHost().equals(settings.endpoint().getHost());
    return switch (status) {
      case 401, 403, 404 ->
          ofEndpoint ? noModel() : failure("the file is not to be had", "try again later");
      case 407 ->
          failure(
              "the proxy wants to know who this is",
              "write HTTPS_PROXY as http://user:password@host:port");
      case 408, 429, 500, 502, 503, 504 -> throw new PassingFailure(passing(), wanted());
      default -> failure("this is not understood", "check HF_ENDPOINT and the proxy");
    };
  }

  private HubException passing() {
    String cause = status == 429 ? "it has been asked too often" : "the server has a fault";
    String token = status == 429 && settings.token() == null ? ", or set HF_TOKEN" : "";
    String when = wanted().isZero() ? "later" : "in " + wanted().toSeconds() + " seconds";
    return failure(cause, "try again " + when + token + "; what is here already stays");
  }

  private HubException noModel() {
    String remedy;
    if (settings.token() == null) {
      remedy = "check the name, or set HF_TOKEN";
    } else if (settings.mayShowToken(uri)) {
      remedy = "check the name, and whether HF_TOKEN may read it";
    } else {
      remedy = "check the name; HF_TOKEN is shown over https alone";
    }
    return failure("there is no such model, or it is private", remedy);
  }

  private HubException failure(String cause, String remedy) {
    return new HubException(
        model.toString(), HubConnection.origin(uri) + " answers " + status + ", " + cause, remedy);
  }

  /** What the server asks to wait, or nothing if it names a date or no time. */
  private Duration wanted() {
    String text = headers.firstValue("Retry-After").orElse("");
    return text.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(text)) : Duration.ZERO;
  }
}
