package testserver;

import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for clients to trust, and a certificate of the domain from it. Made here since Openfire's
 * own certificates are self-signed: no client that checks names and issuers would take them.
 */
final class Certificates {
    private static final X500Name AUTHORITY = new X500Name("CN=Openfire test authority");
    /** The password that Openfire expects where none is configured. */
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    private final boolean elliptic;
    private final SecureRandom random = new SecureRandom();

    private Certificates(boolean elliptic) {
        this.elliptic = elliptic;
    }

    static void create(String domain, String keyType, Path storeFolder, Path caFile) throws Exception {
        Certificates maker = new Certificates(keyType.equals("ec"));
        KeyPair authorityKey = maker.newKey();
        KeyPair serverKey = maker.newKey();
        X509Certificate authority = maker.authority(authorityKey);
        X509Certificate server = maker.server(domain, serverKey.getPublic(), authorityKey.getPrivate(), authority);

        Files.createDirectories(storeFolder);
        KeyStore identity = emptyStore();
        // Openfire finds the certificate for an algorithm by this ending.
        identity.setKeyEntry(domain + (maker.elliptic ? "_ec" : "_rsa"), serverKey.getPrivate(), STORE_PASSWORD,
            new Certificate[] {server, authority});
        save(identity, storeFolder.resolve("keystore"));
        KeyStore trust = emptyStore();
        trust.setCertificateEntry("authority", authority);
        save(trust, storeFolder.resolve("truststore"));
        // Last, since it marks the folder as complete.
        Files.writeString(caFile, pem(authority));
    }

    private KeyPair newKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(elliptic ? "EC" : "RSA");
        generator.initialize(elliptic ? 256 : 2048);
        return generator.generateKeyPair();
    }

    private X509Certificate authority(KeyPair key) throws Exception {
        JcaX509v3CertificateBuilder builder = builder(AUTHORITY, key.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(Extension.subjectKeyIdentifier, false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic()));
        return sign(builder, key.getPrivate());
    }

    private X509Certificate server(String domain, PublicKey key, PrivateKey signer, X509Certificate authority)
        throws Exception {
        JcaX509v3CertificateBuilder builder = builder(new X500Name("CN=" + domain), key);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, domain), new GeneralName(GeneralName.dNSName, "*." + domain)}));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(Extension.authorityKeyIdentifier, false,
            new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority));
        return sign(builder, signer);
    }

    private JcaX509v3CertificateBuilder builder(X500Name subject, PublicKey key) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(AUTHORITY, new BigInteger(64, random),
            Date.from(now.minus(Duration.ofDays(1))), Date.from(now.plus(Duration.ofDays(365))), subject, key);
    }

    private X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key) throws Exception {
        String algorithm = elliptic ? "SHA256withECDSA" : "SHA256withRSA";
        return new JcaX509CertificateConverter()
            .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(key)));
    }

    private static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        return store;
    }

    private static void save(KeyStore store, Path file) throws Exception {
        try (OutputStream output = Files.newOutputStream(file)) {
            store.store(output, STORE_PASSWORD);
        }
    }

    private static String pem(X509Certificate certificate) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
    }
}
