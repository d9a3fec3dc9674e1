package openfireprovisioner;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.jivesoftware.util.JiveGlobals;

/**
 * Leads from the console to the pages of openfire-provisioner.
 *
 * <p>Their address is the system property {@code provisioning.url}. Without it {@code address.html} leads to the address
 * that the plugin was made with. With a value that is no web address {@code property.html} says what to write instead.
 */
public final class PagesServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String PROPERTY = "provisioning.url";

    /**
     * Scheme, host, port, path, and nothing else: no line break for the header, no script, and no host that a reader
     * overlooks, as in {@code https://known@other}.
     */
    private static final Pattern ADDRESS = Pattern.compile(
        "(https?://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?)(/[A-Za-z0-9._~%!$&()*+,;=:@/-]*)?");

    private static final int MOST_CHARACTERS = 2_000;

    /** The path of the pages, for an address without one. */
    private static final String USUAL_PATH = "/admin/";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        response.setStatus(HttpServletResponse.SC_FOUND);
        response.setHeader("Location", target(JiveGlobals.getProperty(PROPERTY)));
        response.setHeader("Cache-Control", "no-store");
    }

    private static String target(String property) {
        String text = property == null ? "" : property.trim();
        if (text.isEmpty()) {
            return "address.html";
        }
        Matcher address = ADDRESS.matcher(text);
        if (text.length() > MOST_CHARACTERS || !address.matches()) {
            return "property.html";
        }
        String path = address.group(2);
        return path == null || path.equals("/") ? address.group(1) + USUAL_PATH : text;
    }
}
