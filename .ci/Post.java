import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

/** Posts a picture and prints the answer: {@code java Post.java FILE ADDRESS}. */
void main(String[] arguments) throws Exception {
  try (HttpClient client = HttpClient.newHttpClient()) {
    IO.println(
        client
            .send(
                HttpRequest.newBuilder(URI.create(arguments[1]))
                    .header("Content-Type", "image/png")
                    .POST(BodyPublishers.ofFile(Path.of(arguments[0])))
                    .build(),
                BodyHandlers.ofString())
            .body());
  }
}
